package io.distillstream.teacher.traffic;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.HttpServers;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.encoder.EncoderSettings;
import java.time.Duration;
import java.util.List;

/**
 * The settings of the labelling stage.
 *
 * @param model who answers
 * @param publication how answers are written to the log
 * @param bounds when the queue is full, when a window is ready, and how many texts are a batch
 * @param textsPerRequest texts in one call
 * @param maxTextBytes of one text, in UTF-8
 * @param maxBodyBytes of one call
 */
public record TeacherSettings(
    TeacherModel model,
    Publication publication,
    String httpHost,
    int httpPort,
    QueueBounds bounds,
    int textsPerRequest,
    int maxTextBytes,
    int maxBodyBytes) {

  private static final int KIB = 1024;
  private static final TeacherModel DEFAULT = TeacherModel.miniLm();

  static final Setting<String> ID =
      Setting.text("teacher.id", DEFAULT.id(), "The teacher's name in soft labels.")
          .accepting("a name", name -> !name.isBlank());

  static final Setting<String> HEAD =
      location("teacher.head", DEFAULT.head(), "The classifier head that fit-head made.");

  static final Setting<String> ENCODER_MODEL =
      location(
          "teacher.encoder.model", DEFAULT.encoder().model(), "The text encoder, an ONNX file.");

  static final Setting<String> ENCODER_TOKENIZER =
      location(
          "teacher.encoder.tokenizer",
          DEFAULT.encoder().tokenizer(),
          "The encoder's tokenizer.json, uncased word pieces.");

  static final Setting<Integer> MAX_TOKENS =
      Setting.integer(
              "teacher.encoder.max-tokens",
              EncoderSettings.DEFAULT_MAX_TOKENS,
              "Tokens of a text that are read; the rest is ignored.")
          .between(8, 512);

  static final Setting<Integer> THREADS =
      Setting.integer("teacher.threads", 0, "Computation threads; 0: one per processor.")
          .between(0, 256);

  static final Setting<String> HTTP_HOST =
      Setting.text(
          "teacher.http.host", HttpServers.LOOPBACK, "The address that predictions are served on.");

  static final Setting<Integer> HTTP_PORT =
      Setting.integer(
              "teacher.http.port",
              8080,
              "The port that predictions are served on; 0: any free one.")
          .between(0, 65_535);

  static final Setting<Integer> MAX_BODY_BYTES =
      Setting.integer("teacher.http.max-body-bytes", 4 * KIB * KIB, "The largest HTTP body.")
          .between(KIB, 256 * KIB * KIB);

  static final Setting<Integer> TEXTS_PER_REQUEST =
      Setting.integer("teacher.http.texts-per-request", 256, "The most texts in one HTTP request.")
          .between(1, 100_000);

  static final Setting<Duration> HTTP_MAX_WAIT =
      Setting.duration(
              "teacher.http.max-wait",
              Duration.ofMillis(10),
              "How long a text sent over HTTP waits for others to fill its batch.")
          .between(Duration.ZERO, Duration.ofSeconds(10));

  static final Setting<Duration> LOG_MAX_WAIT =
      Setting.duration(
              "teacher.log.max-wait",
              Duration.ofMillis(200),
              "How long a record of the request log waits for others to fill its batch.")
          .between(Duration.ZERO, Duration.ofSeconds(60));

  static final Setting<Integer> BATCH_SIZE =
      Setting.integer("teacher.batch-size", 32, "The most texts per run of the model.")
          .between(1, 1024);

  static final Setting<Integer> WINDOW =
      Setting.integer(
              "teacher.window",
              256,
              "Texts that are sorted by length and committed together; at least the batch size.")
          .between(2, 65_536);

  static final Setting<Integer> QUEUE_CAPACITY =
      Setting.integer(
              "teacher.queue-capacity",
              1024,
              "Texts that may wait, over HTTP and again from the log: beyond it HTTP answers 429 and"
                  + " the log is paused. At least the window and the texts per request.")
          .between(2, 1_000_000);

  static final Setting<Integer> MAX_TEXT_BYTES =
      Setting.integer("teacher.max-text-bytes", 16 * KIB, "The longest text, in UTF-8 bytes.")
          .between(1, 512 * KIB);

  static final Setting<Publication.Form> PUBLISH =
      Setting.oneOf(
          "teacher.publish",
          Publication.Form.DENSE,
          "What a soft label holds: every logit, the largest and the mass of the rest, or draws.");

  static final Setting<Integer> PUBLISH_K =
      Setting.integer("teacher.publish-k", 16, "The largest logits that top-k labels hold.")
          .between(1, 65_536);

  static final Setting<Integer> PUBLISH_DRAWS =
      Setting.integer("teacher.publish-draws", 64, "The draws that sampled labels hold.")
          .between(1, 1_000_000);

  static final Setting<Boolean> PUBLISH_EMBEDDINGS =
      Setting.flag(
          "teacher.publish-embeddings",
          false,
          "Whether soft labels hold the encoder's vector of the text too.");

  public TeacherSettings {
    if (textsPerRequest > bounds.capacity()) {
      throw new IllegalArgumentException(
          "%s = %d is over %s = %d, so the largest requests could never be taken"
              .formatted(
                  TEXTS_PER_REQUEST.key(),
                  textsPerRequest,
                  QUEUE_CAPACITY.key(),
                  bounds.capacity()));
    }
  }

  /** Every setting of this stage, in the order in which they are documented. */
  public static List<Setting<?>> all() {
    return List.of(
        ID,
        HEAD,
        ENCODER_MODEL,
        ENCODER_TOKENIZER,
        MAX_TOKENS,
        THREADS,
        PUBLISH,
        PUBLISH_K,
        PUBLISH_DRAWS,
        PUBLISH_EMBEDDINGS,
        HTTP_HOST,
        HTTP_PORT,
        MAX_BODY_BYTES,
        TEXTS_PER_REQUEST,
        HTTP_MAX_WAIT,
        LOG_MAX_WAIT,
        BATCH_SIZE,
        WINDOW,
        QUEUE_CAPACITY,
        MAX_TEXT_BYTES);
  }

  /**
   * Picks this stage's values.
   *
   * @throws IllegalArgumentException if two settings contradict each other
   */
  public static TeacherSettings from(Settings settings) {
    int threads = settings.get(THREADS);
    EncoderSettings encoder =
        new EncoderSettings(
            new ModelLocation(settings.get(ENCODER_MODEL)),
            new ModelLocation(settings.get(ENCODER_TOKENIZER)),
            settings.get(MAX_TOKENS),
            threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    return new TeacherSettings(
        new TeacherModel(settings.get(ID), encoder, new ModelLocation(settings.get(HEAD))),
        new Publication(
            settings.get(PUBLISH),
            settings.get(PUBLISH_K),
            settings.get(PUBLISH_DRAWS),
            settings.get(PUBLISH_EMBEDDINGS)),
        settings.get(HTTP_HOST),
        settings.get(HTTP_PORT),
        new QueueBounds(
            settings.get(QUEUE_CAPACITY),
            settings.get(WINDOW),
            settings.get(BATCH_SIZE),
            settings.get(HTTP_MAX_WAIT),
            settings.get(LOG_MAX_WAIT)),
        settings.get(TEXTS_PER_REQUEST),
        settings.get(MAX_TEXT_BYTES),
        settings.get(MAX_BODY_BYTES));
  }

  /** Loads the teacher itself; the caller owns it. */
  @MustBeClosed
  public Teacher openTeacher() {
    return model.open();
  }

  private static Setting<String> location(String key, ModelLocation standard, String doc) {
    return Setting.text(key, standard.text(), doc)
        .accepting(
            "a path, or classpath:/ and a resource name",
            text -> {
              try {
                return !new ModelLocation(text).text().isEmpty();
              } catch (IllegalArgumentException e) {
                return false;
              }
            });
  }
}
