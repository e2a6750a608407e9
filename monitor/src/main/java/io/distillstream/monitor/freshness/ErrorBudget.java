package io.distillstream.monitor.freshness;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How fast the budget of an objective is spent: a burn rate of 1 spends exactly what the objective
 * allows. Kept by the minute, for 30 days. Not thread-safe.
 *
 * <p>The alerts are those of the Site Reliability Workbook, chapter 5: a burn rate has to hold over
 * a long window, so that little is not told, and over a short one, so that what is over is not.
 */
final class ErrorBudget {

  static final Duration PERIOD = Duration.ofDays(30);

  private static final List<Rule> RULES =
      List.of(
          new Rule("page", 14.4, Duration.ofHours(1), Duration.ofMinutes(5)),
          new Rule("page", 6, Duration.ofHours(6), Duration.ofMinutes(30)),
          new Rule("ticket", 3, Duration.ofDays(1), Duration.ofHours(2)),
          new Rule("ticket", 1, Duration.ofDays(3), Duration.ofHours(6)));

  private record Rule(String severity, double factor, Duration longer, Duration shorter) {}

  private record Counts(long records, long late) {

    static final Counts NONE = new Counts(0, 0);

    Counts plus(Counts other) {
      return new Counts(records + other.records, late + other.late);
    }

    Counts minus(Counts other) {
      return new Counts(records - other.records, late - other.late);
    }
  }

  private final FreshnessObjective objective;

  /** By the start of the minute. */
  private final NavigableMap<Instant, Counts> minutes = new TreeMap<>();

  /** Of all of these minutes. */
  private Counts all = Counts.NONE;

  ErrorBudget(FreshnessObjective objective) {
    this.objective = objective;
  }

  /** Records that a device had learned at this time. */
  void installed(AgeHistogram ages, Instant at) {
    long records = ages.records();
    long late = records - ages.recordsWithin(objective.within());
    Counts counts = new Counts(records, late);
    minutes.merge(at.truncatedTo(ChronoUnit.MINUTES), counts, Counts::plus);
    all = all.plus(counts);
  }

  Report report(Instant now) {
    NavigableMap<Instant, Counts> over = minutes.headMap(now.minus(PERIOD), false);
    over.values().forEach(counts -> all = all.minus(counts));
    over.clear();
    Double spent = burnRate(all);
    List<Alert> alerts =
        RULES.stream()
            .map(
                rule -> {
                  Double longer = burnRate(sum(now, rule.longer()));
                  Double shorter = burnRate(sum(now, rule.shorter()));
                  return new Alert(
                      rule.severity(),
                      rule.factor(),
                      rule.longer().toSeconds(),
                      rule.shorter().toSeconds(),
                      longer,
                      shorter,
                      isOver(longer, rule.factor()) && isOver(shorter, rule.factor()));
                })
            .toList();
    return new Report(
        objective.text(),
        objective.share(),
        objective.within().toMillis() / 1_000.0,
        all.records(),
        all.late(),
        spent == null ? null : 1 - spent,
        alerts);
  }

  private static boolean isOver(@Nullable Double rate, double factor) {
    return rate != null && rate >= factor;
  }

  private Counts sum(Instant now, Duration span) {
    return minutes.tailMap(now.minus(span)).values().stream().reduce(Counts.NONE, Counts::plus);
  }

  private @Nullable Double burnRate(Counts counts) {
    return counts.records() == 0
        ? null
        : counts.late() / (double) counts.records() / (1 - objective.share());
  }

  /**
   * How the objective is kept.
   *
   * @param objective as people read it
   * @param share of records that have to be in time
   * @param seconds within which a record is
   * @param records learned by devices in the last 30 days, each once a device
   * @param late those that were not in time
   * @param budgetLeft share of the late records that the objective allows which have not come yet;
   *     negative where there were more of them; null without records
   */
  public record Report(
      String objective,
      double share,
      double seconds,
      long records,
      long late,
      @Nullable Double budgetLeft,
      List<Alert> alerts) {

    /** How many alerts of a severity somebody has to see to. */
    public long firing(String severity) {
      return firing().filter(alert -> alert.severity().equals(severity)).count();
    }

    /** Those alerts that somebody has to see to. */
    Stream<Alert> firing() {
      return alerts.stream().filter(Alert::firing);
    }
  }

  /**
   * A burn rate that somebody has to see to, at once or within days.
   *
   * @param severity {@code page} or {@code ticket}
   * @param factor from which burn rate on
   * @param longWindow in seconds, as {@code shortWindow}
   * @param longBurnRate null where no record was learned, as {@code shortBurnRate}
   */
  public record Alert(
      String severity,
      double factor,
      long longWindow,
      long shortWindow,
      @Nullable Double longBurnRate,
      @Nullable Double shortBurnRate,
      boolean firing) {}
}
