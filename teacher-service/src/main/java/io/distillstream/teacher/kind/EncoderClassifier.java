package io.distillstream.teacher.kind;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;
import io.distillstream.teacher.encoder.HeadFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A text encoder and the classifier head fitted on it. */
public record EncoderClassifier(String id, EncoderSettings encoder, ModelLocation head)
    implements TeacherSpec {

  static final String DEFAULT_ID = "all-minilm-l6-v2";

  private static final EncoderClassifier DEFAULT = miniLm();

  private static final Setting<String> MODEL =
      SpecSettings.location(
          "teacher.encoder.model", DEFAULT.encoder().model(), "The text encoder, an ONNX file.");

  private static final Setting<String> TOKENIZER =
      SpecSettings.location(
          "teacher.encoder.tokenizer",
          DEFAULT.encoder().tokenizer(),
          "The encoder's tokenizer.json, uncased word pieces.");

  private static final Setting<String> HEAD =
      SpecSettings.location(
          "teacher.encoder.head", DEFAULT.head(), "The classifier head that fit-head made.");

  private static final Setting<Integer> MAX_TOKENS =
      Setting.integer(
              "teacher.encoder.max-tokens",
              EncoderSettings.DEFAULT_MAX_TOKENS,
              "Tokens of a text that are read; the rest is ignored.")
          .between(8, 512);

  private static final Setting<Integer> THREADS =
      Setting.integer("teacher.encoder.threads", 0, "Computation threads; 0: one per processor.")
          .between(0, 256);

  public EncoderClassifier {
    if (id.isBlank()) {
      throw new IllegalArgumentException("A teacher needs a name");
    }
  }

  /** all-MiniLM-L6-v2 with the head for WordNet's nouns. */
  public static EncoderClassifier miniLm() {
    return new EncoderClassifier(DEFAULT_ID, EncoderSettings.miniLm(), EncoderTeacher.WORDNET_HEAD);
  }

  static List<Setting<?>> settings() {
    return List.of(MODEL, TOKENIZER, HEAD, MAX_TOKENS, THREADS);
  }

  static EncoderClassifier from(String id, Settings settings) {
    return new EncoderClassifier(
        id.isEmpty() ? DEFAULT_ID : id, encoder(settings), new ModelLocation(settings.get(HEAD)));
  }

  /** The encoder alone, such as one to fit a head on, whatever {@code teacher.kind} says. */
  public static EncoderSettings encoder(Settings settings) {
    int threads = settings.get(THREADS);
    return new EncoderSettings(
        new ModelLocation(settings.get(MODEL)),
        new ModelLocation(settings.get(TOKENIZER)),
        settings.get(MAX_TOKENS),
        threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
  }

  @Override
  public TeacherKind kind() {
    return TeacherKind.ENCODER;
  }

  @Override
  public Map<String, ModelLocation> files() {
    return Map.of(
        HEAD.key(), head, MODEL.key(), encoder.model(), TOKENIZER.key(), encoder.tokenizer());
  }

  @Override
  public Optional<LabelSpace> labels() {
    return Optional.of(HeadFile.read(head).head().labels());
  }

  @Override
  @MustBeClosed
  public Teacher open() {
    return EncoderTeacher.open(id, encoder, head);
  }
}
