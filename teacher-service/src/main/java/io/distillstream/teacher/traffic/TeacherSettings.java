package io.distillstream.teacher.traffic;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.kind.TeacherSpec;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.teacher.queue.QueueBounds;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings of the labelling stage.
 *
 * @param teacher who answers
 * @param publication how answers are written to the log
 * @param http where predictions are served, and to whom
 * @param bounds when the queue is full, when a window is ready, and how many texts are a batch
 * @param textsPerRequest texts in one call
 * @param maxTextBytes of one text, in UTF-8
 * @param group of the teachers that share the requests; empty for the first
 */
public record TeacherSettings(
    TeacherSpec teacher,
    Publication publication,
    HttpListener http,
    QueueBounds bounds,
    int textsPerRequest,
    int maxTextBytes,
    String group) {

  private static final int KIB = 1024;
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  private static final HttpSettings HTTP =
      HttpSettings.of("teacher.http", 8080, "predictions are served");

  static final Setting<Integer> MAX_BODY_BYTES =
      Setting.integer("teacher.http.max-body-bytes", 4 * KIB * KIB, "The largest HTTP body.")
          .between(KIB, 256 * KIB * KIB);

  static final Setting<Integer> TEXTS_PER_REQUEST =
      Setting.integer("teacher.http.texts-per-request", 256, "The most texts in one HTTP request.")
          .between(1, 100_000);

  static final Setting<Duration> HTTP_MAX_WAIT =
      Setting.duration(
              "teacher.http.max-wait",
              Duration.ZERO,
              "How long a text sent over HTTP waits for others to fill its batch although the model"
                  + " is idle. Those that come while it works are its next batch in any case.")
          .between(Duration.ZERO, Duration.ofSeconds(10));

  static final Setting<Duration> ANSWER_WITHIN =
      Setting.duration(
              "teacher.http.answer-within",
              Duration.ofSeconds(10),
              "How long a caller waits for answers at most, as while the brokers are slow; then the"
                  + " call is answered with 503 and may be repeated.")
          .between(Duration.ofMillis(100), Duration.ofMinutes(10));

  static final Setting<Duration> MAX_EXPECTED_WAIT =
      Setting.duration(
              "teacher.http.max-expected-wait",
              Duration.ofSeconds(1),
              "Within which an answer has to be expected for a call to be taken, by what is ahead"
                  + " of it and how fast the teacher is just now; else it is answered with 429 at"
                  + " once. At most answer-within.")
          .between(Duration.ofMillis(50), Duration.ofMinutes(10));

  static final Setting<Double> HTTP_SHARE =
      Setting.decimal(
              "teacher.http.share",
              0.5,
              "Share of the model that texts sent over HTTP get while records of the request log"
                  + " wait, too; the log gets the rest. Where only one of them waits, it gets all.")
          .between(0.05, 0.95);

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
              "Texts that are sorted by size and committed together; at least the batch size.")
          .between(2, 65_536);

  static final Setting<Integer> QUEUE_CAPACITY =
      Setting.integer(
              "teacher.queue-capacity",
              1024,
              "Texts that may wait, over HTTP and again from the log: beyond it HTTP answers 429"
                  + " and the log is paused. At least the window and the texts per request. HTTP"
                  + " refuses by max-expected-wait before, unless texts are short and fast.")
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
          "Whether soft labels hold the teacher's vector of the text too, where it has one.");

  static final Setting<String> GROUP =
      Setting.text(
              "teacher.group",
              "",
              "Teachers of one group share the requests; those of another group label the same"
                  + " requests once more, those that came over HTTP to others included. One group"
                  + " for each teacher.id; empty for the first.")
          .accepting(
              "lower-case letters, digits and inner hyphens, at most 40",
              name -> name.isEmpty() || NAME.matcher(name).matches());

  /** Every setting of this stage, in the order in which they are documented. */
  public static List<Setting<?>> all() {
    return Stream.of(
            TeacherSpec.settings(),
            List.of(GROUP, PUBLISH, PUBLISH_K, PUBLISH_DRAWS, PUBLISH_EMBEDDINGS),
            HTTP.all(),
            List.of(
                MAX_BODY_BYTES,
                TEXTS_PER_REQUEST,
                HTTP_MAX_WAIT,
                MAX_EXPECTED_WAIT,
                ANSWER_WITHIN,
                HTTP_SHARE,
                LOG_MAX_WAIT,
                BATCH_SIZE,
                WINDOW,
                QUEUE_CAPACITY,
                MAX_TEXT_BYTES))
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * Picks this stage's values.
   *
   * @throws IllegalArgumentException if two settings contradict each other
   */
  public static TeacherSettings from(Settings settings) {
    requireOrder(settings, BATCH_SIZE, WINDOW);
    requireOrder(settings, WINDOW, QUEUE_CAPACITY);
    requireOrder(settings, TEXTS_PER_REQUEST, QUEUE_CAPACITY);
    requireOrder(settings, MAX_EXPECTED_WAIT, ANSWER_WITHIN);
    return new TeacherSettings(
        TeacherSpec.from(settings),
        new Publication(
            settings.get(PUBLISH),
            settings.get(PUBLISH_K),
            settings.get(PUBLISH_DRAWS),
            settings.get(PUBLISH_EMBEDDINGS)),
        HTTP.from(settings).withBodyBytes(settings.get(MAX_BODY_BYTES)),
        new QueueBounds(
            settings.get(QUEUE_CAPACITY),
            settings.get(WINDOW),
            settings.get(BATCH_SIZE),
            settings.get(HTTP_MAX_WAIT),
            settings.get(LOG_MAX_WAIT),
            settings.get(MAX_EXPECTED_WAIT),
            settings.get(ANSWER_WITHIN),
            settings.get(HTTP_SHARE)),
        settings.get(TEXTS_PER_REQUEST),
        settings.get(MAX_TEXT_BYTES),
        settings.get(GROUP));
  }

  private static <T extends Comparable<T>> void requireOrder(
      Settings settings, Setting<T> smaller, Setting<T> larger) {
    if (settings.get(smaller).compareTo(settings.get(larger)) > 0) {
      throw new IllegalArgumentException(
          "%s = %s is less than %s = %s: expected at least as much"
              .formatted(
                  larger.key(),
                  Setting.show(settings.get(larger)),
                  smaller.key(),
                  Setting.show(settings.get(smaller))));
    }
  }

  /** Loads the teacher itself; the caller owns it. */
  @MustBeClosed
  public Teacher openTeacher() {
    return teacher.open();
  }
}
