package io.distillstream.teacher.queue;

import io.distillstream.teacher.queue.Refused.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Decides how much may wait, by the time it will take and not by its number: the texts of a call
 * are taken if what is ahead of them is expected to be done in time.
 *
 * <p>A call waits for what is ahead of it, for the window that it becomes part of, and for that
 * window's commit. Windows are cut so that each takes a fraction of the time allowed, or as long as
 * a commit if that is more; the rest of the time may be ahead. One window may be ahead in any case,
 * or else the model had nothing to do during a slow commit. What a call costs itself does not count
 * here: a large one is taken like a small one, and is alone in taking longer. But if it could not
 * be answered before its caller gives up, the model would work for nobody, and it is refused; a
 * single text cannot be made smaller and is taken in its turn. So is any call once the model had
 * nothing to do for as long as callers wait, since what it needs may have changed.
 *
 * <p>Until the first batch was measured, no more texts wait than make a batch.
 *
 * <p>Who is refused is told when there is room behind those who were refused before, so that they
 * do not all come back at once. Not thread-safe.
 */
final class Admission {

  /** Windows that fit into the time allowed. */
  private static final int WINDOWS = 4;

  private static final double LONGEST_RETRY_MILLIS = 60_000;

  /**
   * How many times the time allowed those who were refused may be spread over. Who asks again at
   * once is refused often, and each refusal counts as if another came back: without a bound it
   * would send everybody away for long.
   */
  private static final double RETURNING = 4;

  private static final double NANOS_PER_MILLI = 1e6;

  private final Pace pace;
  private final QueueBounds bounds;
  private final CallersLane callers;
  private final LogLane log;
  private final double allowedMillis;
  private final double withinMillis;

  /** What those who were refused will bring when they come back, as time of the model. */
  private double returningMillis;

  private long returningSince = System.nanoTime();

  Admission(Pace pace, QueueBounds bounds, CallersLane callers, LogLane log) {
    this.pace = pace;
    this.bounds = bounds;
    this.callers = callers;
    this.log = log;
    this.allowedMillis = bounds.answerExpected().toNanos() / NANOS_PER_MILLI;
    this.withinMillis = bounds.answerWithin().toNanos() / NANOS_PER_MILLI;
  }

  /** How much a window may cost. */
  long windowCost() {
    return Math.max(1, pace.cost(windowMillis()));
  }

  /**
   * How long a text that came now would wait for the model and its commit; NaN if not known.
   *
   * @param unfinished windows that were taken and are not committed
   */
  double expectedMillis(int unfinished) {
    double commit = pace.commitMillis();
    return Math.max(modelMillis(true, unfinished), unfinished * commit) + commit;
  }

  /**
   * Why a call is refused; empty if it may be taken.
   *
   * @param unfinished windows that were taken and are not committed
   */
  Optional<Refused> refusal(int texts, boolean recorded, int unfinished) {
    return obstacle(texts, recorded, unfinished)
        .map(found -> refused(found.reason(), found.millis(), texts));
  }

  /**
   * Whether a text that came now, and is to be recorded, would be taken. Nobody is told to come
   * back by asking this.
   */
  boolean takes(int unfinished) {
    return obstacle(1, true, unfinished).isEmpty();
  }

  /** Why a call cannot be taken, and after which time it could be. */
  private record Obstacle(Reason reason, double millis) {}

  private Optional<Obstacle> obstacle(int texts, boolean recorded, int unfinished) {
    double model = modelMillis(recorded, unfinished);
    boolean measured = !Double.isNaN(model);
    if (callers.size() + texts > bounds.capacity()) {
      return Optional.of(new Obstacle(Reason.FULL, measured ? model : 0));
    }
    double commit = recorded ? pace.commitMillis() : 0;
    double most = Math.max(allowedMillis - windowMillis() - commit, windowMillis());
    if (unfinished >= LabelQueue.MOST_UNFINISHED && unfinished * commit > most) {
      return Optional.of(new Obstacle(Reason.SLOW_COMMITS, unfinished * commit - most));
    }
    boolean room =
        measured ? model <= most : callers.size() < bounds.batch() && pace.inModel() == 0;
    return room
        ? Optional.empty()
        : Optional.of(new Obstacle(Reason.OVERLOAD, measured ? model - most : 0));
  }

  /**
   * Why a call whose texts are known is refused, where {@link #refusal(int, boolean, int)} takes
   * it; empty if it may be taken.
   */
  Optional<Refused> refusal(List<HttpText> texts, int unfinished) {
    boolean recorded = texts.get(0).recorded();
    double own = pace.millis(texts.stream().mapToLong(HttpText::size).sum());
    double left = withinMillis - (recorded ? pace.commitMillis() : 0);
    double late = modelMillis(recorded, unfinished) + own - left;
    // Nothing is late before the first batch was measured, nor for ever by what was slow once.
    if (texts.size() == 1 || Double.isNaN(late) || late <= 0 || pace.isStale(withinMillis)) {
      return Optional.empty();
    }
    if (own > left && left > 0) {
      int fitting = (int) Math.max(1, texts.size() * left / own);
      return Optional.of(new Refused(Reason.LARGE_CALL, Duration.ZERO, fitting));
    }
    return Optional.of(refused(Reason.OVERLOAD, late, texts.size()));
  }

  /** How long the model should work on a window. */
  private double windowMillis() {
    return Math.min(allowedMillis, Math.max(allowedMillis / WINDOWS, pace.commitMillis()));
  }

  /**
   * How long the model will take for what is ahead of a caller; NaN before the first batch was
   * measured.
   */
  private double modelMillis(boolean recorded, int unfinished) {
    if (!recorded && unfinished >= LabelQueue.MOST_UNFINISHED) {
      return modelMillis(callers.cost(false));
    }
    long waiting = callers.cost(true);
    double logShare = 1 - bounds.httpShare();
    // The log gets its share of each window until the callers are through, of one at least.
    double beside = Math.max(waiting * logShare / bounds.httpShare(), windowCost() * logShare);
    return modelMillis(waiting + (long) Math.min((double) log.cost(), beside));
  }

  private double modelMillis(long waiting) {
    return pace.inModelMillis() + pace.millis(waiting);
  }

  /**
   * Told to come back behind all others, where there would be room at once after {@code millis}.
   */
  private Refused refused(Reason reason, double millis, int texts) {
    long now = System.nanoTime();
    returningMillis = Math.max(0, returningMillis - (now - returningSince) / NANOS_PER_MILLI);
    returningSince = now;
    double after = Math.min(LONGEST_RETRY_MILLIS, millis + returningMillis);
    double own = texts * pace.textMillis();
    if (!Double.isNaN(own)) {
      returningMillis = Math.min(RETURNING * allowedMillis, returningMillis + own);
    }
    return new Refused(reason, Duration.ofNanos(Math.round(after * NANOS_PER_MILLI)), 0);
  }
}
