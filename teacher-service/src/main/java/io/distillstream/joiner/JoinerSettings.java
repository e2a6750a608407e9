package io.distillstream.joiner;

import io.distillstream.joiner.weight.WeightSettings;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How long the joiner waits, and for what.
 *
 * @param groundTruthWait from a request's first opinion, by the wall clock; zero: don't wait
 * @param expectedTeachers opinions that make a request complete
 * @param teacherWait from a request's first opinion, by the wall clock
 * @param retention how long a joined request id, or truth that came early, is remembered
 * @param threads stream threads
 * @param weights of several teachers
 * @param bounds of the state
 */
public record JoinerSettings(
    Duration groundTruthWait,
    int expectedTeachers,
    Duration teacherWait,
    Duration retention,
    int threads,
    WeightSettings weights,
    StateBounds bounds) {

  /** Where the joiner's health and metrics are served. */
  public static final HttpSettings HTTP = HttpSettings.ofProbes("joiner", 8082);

  static final Setting<Duration> GROUND_TRUTH_WAIT =
      Setting.duration(
              "joiner.ground-truth-wait",
              Duration.ofSeconds(2),
              "How long a labelled request waits for its true label before it is trained without.")
          .between(Duration.ZERO, Duration.ofHours(24));

  static final Setting<Integer> EXPECTED_TEACHERS =
      Setting.integer("joiner.expected-teachers", 1, "How many teachers label each request.")
          .between(1, 64);

  static final Setting<Duration> TEACHER_WAIT =
      Setting.duration(
              "joiner.teacher-wait",
              Duration.ofSeconds(10),
              "How long a request that one teacher has labelled waits for the others.")
          .between(Duration.ZERO, Duration.ofHours(24));

  static final Setting<Duration> RETENTION =
      Setting.duration(
              "joiner.retention",
              Duration.ofHours(1),
              "How long a request id is remembered, so that it is trained once, and truth that came"
                  + " before its label; held in memory. At least as long as the waits.")
          .between(Duration.ofSeconds(1), Duration.ofDays(7));

  static final Setting<Integer> THREADS =
      Setting.integer("joiner.threads", 1, "Threads; more than there are partitions stay idle.")
          .between(1, 64);

  /** With teachers that count alike, and the default bounds. */
  public JoinerSettings(
      Duration groundTruthWait,
      int expectedTeachers,
      Duration teacherWait,
      Duration retention,
      int threads) {
    this(
        groundTruthWait,
        expectedTeachers,
        teacherWait,
        retention,
        threads,
        WeightSettings.ALIKE,
        StateBounds.DEFAULT);
  }

  public JoinerSettings {
    if (groundTruthWait.isNegative() || teacherWait.isNegative()) {
      throw new IllegalArgumentException(
          "Waits cannot be negative: " + groundTruthWait + ", " + teacherWait);
    }
    if (expectedTeachers < 1 || threads < 1) {
      throw new IllegalArgumentException(
          "Expected at least one teacher and one thread, found "
              + expectedTeachers
              + " and "
              + threads);
    }
    if (retention.compareTo(groundTruthWait) < 0 || retention.compareTo(teacherWait) < 0) {
      throw new IllegalArgumentException(
          "%s of %s is shorter than %s or %s, so duplicates would pass"
              .formatted(RETENTION.key(), retention, GROUND_TRUTH_WAIT.key(), TEACHER_WAIT.key()));
    }
  }

  public static List<Setting<?>> all() {
    return Stream.of(
            List.of(GROUND_TRUTH_WAIT, EXPECTED_TEACHERS, TEACHER_WAIT, RETENTION, THREADS),
            WeightSettings.all(),
            StateBounds.all(),
            HTTP.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * Picks this stage's values.
   *
   * @throws IllegalArgumentException if two settings contradict each other
   */
  public static JoinerSettings from(Settings settings) {
    return new JoinerSettings(
        settings.get(GROUND_TRUTH_WAIT),
        settings.get(EXPECTED_TEACHERS),
        settings.get(TEACHER_WAIT),
        settings.get(RETENTION),
        settings.get(THREADS),
        WeightSettings.from(settings),
        StateBounds.from(settings));
  }
}
