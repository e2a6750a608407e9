package io.distillstream.teacher.traffic;

import io.distillstream.runtime.HttpServers;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The settings of the labelling stage.
 *
 * @param bounds when the queue is full and when a window is ready
 * @param batchSize texts per run of the model
 * @param textsPerRequest texts in one call
 * @param maxTextBytes of one text, in UTF-8
 * @param maxBodyBytes of one call
 */
public record TeacherSettings(
    String httpHost,
    int httpPort,
    QueueBounds bounds,
    int batchSize,
    int textsPerRequest,
    int maxTextBytes,
    int maxBodyBytes) {

  private static final int KIB = 1024;

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
      Setting.integer("teacher.batch-size", 32, "Texts per run of the model.").between(1, 1024);

  static final Setting<Integer> WINDOW =
      Setting.integer(
              "teacher.window",
              128,
              "The most texts that are sorted by length and committed together; at least the batch"
                  + " size.")
          .between(2, 65_536);

  static final Setting<Integer> QUEUE_CAPACITY =
      Setting.integer(
              "teacher.queue-capacity",
              1024,
              "Texts that may wait, over HTTP and again from the log; HTTP beyond it gets 429, the"
                  + " log is paused. At least the window and the texts per request.")
          .between(2, 1_000_000);

  static final Setting<Integer> MAX_TEXT_BYTES =
      Setting.integer("teacher.max-text-bytes", 16 * KIB, "The longest text, in UTF-8 bytes.")
          .between(1, 512 * KIB);

  public TeacherSettings {
    if (textsPerRequest > bounds.capacity()) {
      throw new IllegalArgumentException(
          "%s of %d is over %s of %d, so the largest requests could never be taken"
              .formatted(
                  TEXTS_PER_REQUEST.key(),
                  textsPerRequest,
                  QUEUE_CAPACITY.key(),
                  bounds.capacity()));
    }
  }

  /** Every setting of this stage except those of the model itself. */
  public static List<Setting<?>> all() {
    return List.of(
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
    return new TeacherSettings(
        settings.get(HTTP_HOST),
        settings.get(HTTP_PORT),
        new QueueBounds(
            settings.get(QUEUE_CAPACITY),
            settings.get(WINDOW),
            settings.get(BATCH_SIZE),
            settings.get(HTTP_MAX_WAIT),
            settings.get(LOG_MAX_WAIT)),
        settings.get(BATCH_SIZE),
        settings.get(TEXTS_PER_REQUEST),
        settings.get(MAX_TEXT_BYTES),
        settings.get(MAX_BODY_BYTES));
  }
}
