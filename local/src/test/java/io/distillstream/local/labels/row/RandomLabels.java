package io.distillstream.local.labels.row;

import io.distillstream.avro.Input;
import io.distillstream.avro.SoftLabel;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.payload.EmbeddingCodec;
import io.distillstream.wire.payload.LogitsCodec;
import io.distillstream.wire.payload.SampledCodec;
import io.distillstream.wire.payload.TopKCodec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/** Labels of every form, as a teacher publishes them. */
public final class RandomLabels {

  public static final LabelSpace SPACE =
      new LabelSpace(List.of("sport", "art", "économie", "a \"quoted\", one", "日本"));

  private static final List<String> TEXTS =
      List.of("a dog", "line\nbreak \u0001", "\"quoted\", with comma", "emoji 😀 naïve", " blank ");

  private RandomLabels() {}

  /** A label, a function of the source's state. */
  public static SoftLabel next(Random random) {
    Instant received =
        Instant.ofEpochSecond(1_700_000_000L + random.nextInt(1 << 25))
            .plus(random.nextInt(1_000_000), ChronoUnit.MICROS);
    return new SoftLabel(
        "id-" + Long.toHexString(random.nextLong()),
        new Input(TEXTS.get(random.nextInt(TEXTS.size())) + random.nextInt()),
        "teacher-" + random.nextInt(3),
        Integer.toHexString(random.nextInt(4)),
        SPACE.fingerprint(),
        1,
        distribution(random),
        received,
        received.plus(random.nextInt(5_000_000), ChronoUnit.MICROS),
        random.nextBoolean() ? null : EmbeddingCodec.encode(numbers(random, 4)),
        null);
  }

  private static Object distribution(Random random) {
    float[] logits = numbers(random, SPACE.size());
    return switch (random.nextInt(3)) {
      case 0 -> LogitsCodec.encode(logits);
      case 1 -> TopKCodec.encode(logits, 1 + random.nextInt(SPACE.size() - 1));
      default ->
          SampledCodec.encode(
              SPACE.size(),
              64,
              random.nextInt(SPACE.size()),
              new int[] {0, 3},
              new float[] {random.nextFloat(), 0.25f},
              new float[] {-random.nextFloat(), -1e-30f});
    };
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (8 * random.nextGaussian());
    }
    return numbers;
  }
}
