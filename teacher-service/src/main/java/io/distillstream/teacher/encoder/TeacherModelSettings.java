package io.distillstream.teacher.encoder;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.util.List;

/**
 * Which model teaches: its name, its encoder and its head.
 *
 * @param id the teacher's name in soft labels
 */
public record TeacherModelSettings(String id, EncoderSettings encoder, ModelLocation head) {

  private static final String WHERE = ": a file, or classpath:/ and a resource.";

  private static final Setting<String> ID =
      Setting.text("teacher.id", "minilm-wordnet", "The teacher's name in soft labels.")
          .accepting("a name that is not blank", name -> !name.isBlank());
  private static final Setting<String> ENCODER =
      Setting.text(
              "teacher.encoder.model",
              EncoderSettings.miniLm().model().text(),
              "The ONNX text encoder" + WHERE)
          .accepting("a file, or classpath:/ and a resource", TeacherModelSettings::isLocation);
  private static final Setting<String> TOKENIZER =
      Setting.text(
              "teacher.encoder.tokenizer",
              EncoderSettings.miniLm().tokenizer().text(),
              "Its tokenizer.json" + WHERE)
          .accepting("a file, or classpath:/ and a resource", TeacherModelSettings::isLocation);
  private static final Setting<Integer> MAX_TOKENS =
      Setting.integer(
              "teacher.encoder.max-tokens",
              EncoderSettings.DEFAULT_MAX_TOKENS,
              "The most tokens of one text that are read.")
          .between(8, 512);
  private static final Setting<Integer> THREADS =
      Setting.integer(
              "teacher.encoder.threads",
              0,
              "Computation threads of one call of the encoder; 0: one per processor.")
          .between(0, 256);
  private static final Setting<String> HEAD =
      Setting.text(
              "teacher.head",
              EncoderTeacher.WORDNET_HEAD.text(),
              "The classifier head, as fit-head writes it" + WHERE)
          .accepting("a file, or classpath:/ and a resource", TeacherModelSettings::isLocation);

  public static List<Setting<?>> all() {
    return List.of(ID, ENCODER, TOKENIZER, MAX_TOKENS, THREADS, HEAD);
  }

  public static TeacherModelSettings from(Settings settings) {
    int threads = settings.get(THREADS);
    return new TeacherModelSettings(
        settings.get(ID),
        new EncoderSettings(
            new ModelLocation(settings.get(ENCODER)),
            new ModelLocation(settings.get(TOKENIZER)),
            settings.get(MAX_TOKENS),
            threads == 0 ? Runtime.getRuntime().availableProcessors() : threads),
        new ModelLocation(settings.get(HEAD)));
  }

  /** Loads the model; the caller closes it. */
  @MustBeClosed
  public EncoderTeacher open() {
    return EncoderTeacher.open(id, encoder, head);
  }

  private static boolean isLocation(String text) {
    try {
      return !new ModelLocation(text).text().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
