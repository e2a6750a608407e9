package io.distillstream.trainer;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

/** Examples of a teacher that goes by the first of two words, and what reads them. */
final class MadeUpTraffic {
  static final LabelSpace LABELS = new LabelSpace(List.of("animal", "plant", "tool"));
  private static final List<String> WORDS =
      List.of("cat", "dog", "oak", "fern", "saw", "axe", "small", "red", "old", "wild");

  private MadeUpTraffic() {}

  static String tokenizerJson() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]"));
    pieces.addAll(WORDS);
    StringBuilder vocabulary = new StringBuilder();
    for (int id = 0; id < pieces.size(); id++) {
      vocabulary.append(id == 0 ? "" : ",").append('"').append(pieces.get(id)).append("\":" + id);
    }
    return """
    {"normalizer": {"type": "BertNormalizer", "clean_text": true,
        "handle_chinese_chars": true, "lowercase": true},
     "pre_tokenizer": {"type": "BertPreTokenizer"},
     "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": {%s}}}
    """
        .formatted(vocabulary);
  }

  /** Example {@code number}: the teacher goes by the first word. */
  static TrainingExample example(int number) {
    Random random = new Random(number);
    int word = random.nextInt(6);
    float[] logits = new float[LABELS.size()];
    logits[word / 2] = 3 + random.nextInt(3);
    return new TrainingExample(
        "request-" + number,
        new Input(WORDS.get(word) + " " + WORDS.get(6 + random.nextInt(4))),
        LABELS.fingerprint(),
        1,
        List.of(new TeacherOpinion("teacher", "v1", LogitsCodec.encode(logits), null, null)),
        number % 3 == 0 ? LABELS.label(word / 2) : null,
        Instant.ofEpochMilli(1_000_000L + number),
        Instant.ofEpochMilli(1_000_500L + number),
        null,
        null,
        null,
        false);
  }

  /** What teacher and joiner make of a request. */
  static TrainingExample answered(InferenceRequest request) {
    String text = Objects.requireNonNull(request.getInput().getText());
    int word = WORDS.indexOf(text.substring(0, text.indexOf(' ')));
    float[] logits = new float[LABELS.size()];
    if (word < 2 * logits.length) {
      logits[word / 2] = 4;
    }
    return TrainingExample.newBuilder(example(0))
        .setRequestId(request.getRequestId())
        .setInput(request.getInput())
        .setTeachers(
            List.of(new TeacherOpinion("teacher", "v1", LogitsCodec.encode(logits), null, null)))
        .setGroundTruth(null)
        .setAugmentation(request.getAugmentation())
        .build();
  }

  static long digest(int from, int to) {
    return IntStream.range(from, to).mapToLong(n -> Sha256.leadingLong("request-" + n)).sum();
  }
}
