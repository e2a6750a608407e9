package io.distillstream.gateway.hawkbit.fleet;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each target. What it has reported comes from the topic, so that every gateway
 * knows it, also after a restart; which update it is at work on only the gateway that gave it out
 * knows, and a target that loses it is offered the newest one without being told to give the other
 * up. Thread-safe.
 */
public final class Fleet {

  /** Of the targets, those heard of last are known; another one is offered the newest update. */
  static final int MOST_TARGETS = 200_000;

  private final Set<ChannelName> followed;
  private final Map<Target, State> targets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Target, State> eldest) {
          return size() > MOST_TARGETS;
        }
      };

  private boolean complete;

  /** What is known of one. */
  private static final class State {

    private final Instant since;

    /** What came last; null before there is anything. */
    private @Nullable Reported reported;

    private long installed;

    /** What it has been given and has not reported on; 0 for nothing. */
    private long underWay;

    /** Whether it has refused to give that up. */
    private boolean goesOn;

    /** What it has been told to give up and has said nothing of since; 0 for nothing. */
    private long toldToGiveUp;

    private State(Instant since) {
      this.since = since;
    }

    private boolean hasReported(long version) {
      return reported != null && reported.version() == version;
    }
  }

  /**
   * @param followed channels whose targets are kept in mind
   */
  public Fleet(Collection<ChannelName> followed) {
    this.followed = Set.copyOf(followed);
  }

  /**
   * Takes note of a report that was read from the topic, of whichever gateway. What came before the
   * last one is ignored: the topic is read again after an outage, and a moment after this gateway
   * has written to it.
   */
  public synchronized void read(Target target, Reported report) {
    if (followed.contains(target.follows())) {
      State state = state(target, report.at());
      if (state.reported == null || report.isAfter(state.reported)) {
        take(state, report);
      }
    }
  }

  /** Takes note of a report that this gateway has just written: there is none after it. */
  public synchronized void wrote(Target target, Reported report) {
    if (followed.contains(target.follows())) {
      take(state(target, report.at()), report);
    }
  }

  /** All that was reported before the start is here. */
  public synchronized void complete() {
    complete = true;
  }

  /** Whether all that was reported before the start is here. */
  public synchronized boolean isComplete() {
    return complete;
  }

  /**
   * What a target is to do.
   *
   * @param newest version that is offered
   * @param kept versions that can be given out
   */
  public synchronized Offer offer(Target target, long newest, Set<Long> kept, Instant now) {
    State state = state(target, now);
    if (state.underWay != 0 && state.underWay != newest) {
      if (!state.goesOn) {
        return new Offer(Offer.Kind.CANCEL, state.underWay);
      }
      if (kept.contains(state.underWay)) {
        return new Offer(Offer.Kind.DEPLOY, state.underWay);
      }
      end(state, state.underWay);
    }
    return state.hasReported(newest) ? Offer.NOTHING : new Offer(Offer.Kind.DEPLOY, newest);
  }

  /** A target begins with an update, or is at work on it. */
  public synchronized void atWork(Target target, long version, Instant now) {
    State state = state(target, now);
    heard(state, version);
    if (!state.hasReported(version) && state.underWay != version) {
      state.underWay = version;
      state.goesOn = false;
    }
  }

  /** A target has read that it is to give an update up. */
  public synchronized void toldToGiveUp(Target target, long version, Instant now) {
    state(target, now).toldToGiveUp = version;
  }

  /** Whether that is the last thing between this gateway and the target about the update. */
  public synchronized boolean isToldToGiveUp(Target target, long version) {
    State state = targets.get(target);
    return state != null && state.toldToGiveUp == version;
  }

  /** A target has given an update up. */
  public synchronized void cancelled(Target target, long version, Instant now) {
    end(state(target, now), version);
  }

  /** A target cannot give an update up, and will report on it. */
  public synchronized void goesOn(Target target, long version, Instant now) {
    State state = state(target, now);
    heard(state, version);
    state.underWay = version;
    state.goesOn = true;
  }

  /** Whether the last thing that a target reported is this. */
  public synchronized boolean hasReported(Target target, long version, boolean installed) {
    State state = targets.get(target);
    return state != null
        && state.reported != null
        && state.reported.version() == version
        && state.reported.installed() == installed;
  }

  /** The version that answers on a target; empty where that is not known. */
  public synchronized Optional<Long> installed(Target target) {
    State state = targets.get(target);
    return state == null || state.installed == 0 ? Optional.empty() : Optional.of(state.installed);
  }

  /** When a target was first heard of. */
  public synchronized Instant since(Target target, Instant now) {
    return state(target, now).since;
  }

  private State state(Target target, Instant since) {
    return targets.computeIfAbsent(target, absent -> new State(since));
  }

  private static void take(State state, Reported report) {
    state.reported = report;
    if (report.installed()) {
      state.installed = report.version();
    }
    end(state, report.version());
  }

  private static void end(State state, long version) {
    heard(state, version);
    if (state.underWay == version) {
      state.underWay = 0;
      state.goesOn = false;
    }
  }

  private static void heard(State state, long version) {
    if (state.toldToGiveUp == version) {
      state.toldToGiveUp = 0;
    }
  }
}
