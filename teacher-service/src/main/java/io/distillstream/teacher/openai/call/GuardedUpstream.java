package io.distillstream.teacher.openai.call;

import io.distillstream.teacher.Deadline;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherUnavailableException;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.openai.call.CallFailedException.Kind;
import io.distillstream.teacher.openai.call.CallListener.Outcome;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Calls of a server, repeated while that may help. What remains is an answer, a text that the
 * server refuses, or a {@link TeacherUnavailableException}. Each attempt waits for the budget and
 * for the time that the server asked for. Owns the connections. Thread-safe.
 */
public final class GuardedUpstream implements AutoCloseable {

  /** Somebody has to do something, or the server has to be started. */
  private static final Duration REFUSED_PAUSE = Duration.ofSeconds(60);

  private final Upstream upstream;
  private final Patience patience;
  private final Attempts attempts;
  private final Budget budget;
  private final byte[] harmless;
  private final boolean scored;
  private final SuspectTexts suspects = new SuspectTexts();
  private volatile CallListener listener = CallListener.NONE;
  private volatile Deadline quietUntil = Deadline.in(Duration.ZERO);
  private volatile @Nullable Away away;

  /** What callers are told until then. */
  private record Away(String reason, Deadline until) {}

  /**
   * @param harmless a request whose answer is known to be possible
   * @param scored whether an answer without log-probabilities is of no use
   * @param clock of the budget, which is one of a day
   * @throws TeacherException if the budget's file cannot be read
   */
  public GuardedUpstream(
      ServerSettings server,
      Patience patience,
      BudgetSettings budget,
      byte[] harmless,
      boolean scored,
      InstantSource clock) {
    this.budget = new Budget(budget, clock);
    this.patience = patience;
    this.harmless = harmless.clone();
    this.scored = scored;
    this.attempts = new Attempts(patience, server.concurrency(), () -> listener.repeated());
    this.upstream = new Upstream(server);
  }

  /** From now on; there is one listener at most. */
  public void listen(CallListener next) {
    listener = next;
  }

  /** Why no call would succeed now; empty if one is worth a try. */
  public Optional<Unavailability> unavailability() {
    Away told = away;
    if (told != null) {
      Duration left = told.until().left();
      if (!left.isZero()) {
        return Optional.of(new Unavailability(told.reason(), left));
      }
    }
    return Optional.empty();
  }

  /** Whether the circuit breaker lets no call through at this moment. */
  public boolean breakerOpen() {
    return attempts.stopped();
  }

  /** What this day has cost so far, in the currency of the prices. */
  public double spentToday() {
    return budget.spentToday();
  }

  /**
   * Asks the harmless question once, to find out whether the settings are right.
   *
   * @return the answer; empty where the server is away, or too busy, or the budget is spent
   * @throws TeacherException if the server refuses it
   */
  public Optional<Completion> probe() {
    Optional<Unavailability> spent = budget.exhausted();
    if (spent.isPresent()) {
      leave(spent.get().reason(), spent.get().retryAfter());
      return Optional.empty();
    }
    try {
      return Optional.of(askOnce(harmless, false));
    } catch (CallFailedException e) {
      if (e.usage().isPresent()) {
        throw new TeacherException(
            "%s cannot be the teacher: %s".formatted(upstream.address(), e.getMessage()), e);
      }
      if (e.kind() == Kind.PASSING || e.kind() == Kind.DOUBTFUL) {
        leave(said(e), e.retryAfter().orElse(patience.firstPause()));
        return Optional.empty();
      }
      String detail = e.detail().isEmpty() ? "" : ": " + e.detail();
      throw new TeacherException(
          "%s refuses the teacher's call with %s%s"
              .formatted(upstream.address(), e.getMessage(), detail),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Asks until there is an answer, or no hope of one.
   *
   * @throws CallFailedException if the server refuses this text alone, or fails on it every time
   * @throws TeacherUnavailableException if nothing is answered at this moment
   */
  public Completion ask(byte[] body) throws CallFailedException {
    try {
      Completion completion = attempts.run(this::awaitLeave, () -> askOnce(body, scored));
      away = null;
      listener.ended(Outcome.ANSWERED);
      return completion;
    } catch (CallFailedException e) {
      throw settle(body, e);
    } catch (CallNotPermittedException e) {
      throw unavailable(
          "%s has failed too often lately".formatted(upstream.address()), attempts.stoppedFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("it is shutting down", Duration.ZERO);
    } catch (RuntimeException e) {
      listener.ended(Outcome.FAILED);
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("Calls throw nothing else", e);
    }
  }

  private Completion askOnce(byte[] body, boolean mustBeScored)
      throws CallFailedException, InterruptedException {
    try {
      Completion completion = upstream.ask(body);
      book(completion.usage());
      if (mustBeScored && !completion.scored()) {
        throw CallFailedException.badAnswer("its answer has no log-probabilities", null);
      }
      return completion;
    } catch (CallFailedException e) {
      e.usage().ifPresent(this::book);
      e.retryAfter().ifPresent(wait -> quietUntil = Deadline.in(wait));
      throw e;
    }
  }

  private void book(TokenUsage usage) {
    double cost = budget.spend(usage.promptTokens(), usage.completionTokens());
    listener.used(usage.promptTokens(), usage.completionTokens(), cost);
  }

  /** Waits for the budget and as long as the server asked for, where that is not too long. */
  @SuppressWarnings("NullAway") // A Callable of nothing.
  private Void awaitLeave() throws InterruptedException {
    Optional<Unavailability> obstacle = obstacle();
    while (obstacle.isPresent()) {
      Duration wait = obstacle.get().retryAfter();
      if (wait.compareTo(patience.longestPause()) > 0) {
        leave(obstacle.get().reason(), wait);
        throw new TeacherUnavailableException(obstacle.get());
      }
      Thread.sleep(Math.max(1, wait.toMillis()));
      obstacle = obstacle();
    }
    return null;
  }

  private Optional<Unavailability> obstacle() {
    Duration quiet = quietUntil.left();
    return quiet.toMillis() > 0
        ? Optional.of(
            new Unavailability(upstream.address() + " asked to be left alone for a while", quiet))
        : budget.exhausted();
  }

  /** The failure of a text alone, or an outage. */
  private CallFailedException settle(byte[] body, CallFailedException failure) {
    return switch (failure.kind()) {
      case TEXT -> {
        // Some servers refuse everything so where money or a key is missing.
        if (answersHarmless()) {
          listener.ended(Outcome.REFUSED);
          yield failure;
        }
        throw unavailable(said(failure), REFUSED_PAUSE);
      }
      case REFUSED -> throw unavailable(said(failure), REFUSED_PAUSE);
      case PASSING ->
          throw unavailable(said(failure), failure.retryAfter().orElse(patience.longestPause()));
      case DOUBTFUL -> {
        if (!answersHarmless()) {
          throw unavailable(said(failure), failure.retryAfter().orElse(patience.longestPause()));
        }
        if (suspects.isGuilty(body)) {
          listener.ended(Outcome.REFUSED);
          yield failure;
        }
        throw unavailable(said(failure), patience.firstPause());
      }
    };
  }

  private String said(CallFailedException failure) {
    return upstream.address() + ": " + failure.getMessage();
  }

  private boolean answersHarmless() {
    try {
      askOnce(harmless, scored);
      return true;
    } catch (CallFailedException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private TeacherUnavailableException unavailable(String reason, Duration pause) {
    listener.ended(Outcome.FAILED);
    Duration atLeast = pause.compareTo(patience.firstPause()) > 0 ? pause : patience.firstPause();
    leave(reason, atLeast);
    return new TeacherUnavailableException(new Unavailability(reason, atLeast));
  }

  private void leave(String reason, Duration pause) {
    away = new Away(reason, Deadline.in(pause));
  }

  /** Calls that are under way break off. */
  @Override
  public void close() {
    upstream.close();
  }
}
