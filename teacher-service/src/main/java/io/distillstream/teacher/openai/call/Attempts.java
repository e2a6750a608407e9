package io.distillstream.teacher.openai.call;

import io.distillstream.teacher.Deadline;
import io.distillstream.teacher.openai.call.CallFailedException.Kind;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Repeats calls that fail, with pauses that grow and jitter or as long as the server asks for, and
 * stops all of them for a while when too many fail. Thread-safe.
 */
final class Attempts {

  /** Half as long, or half as long again. */
  private static final double JITTER = 0.5;

  private static final double GROWTH = 2;
  private static final float FAILED_PERCENT = 50;

  private final Patience patience;
  private final CircuitBreaker breaker;
  private final Retry retry;
  private volatile Deadline openUntil = Deadline.in(Duration.ZERO);

  /**
   * @param concurrency calls that may find out together whether the server is back
   * @param repeated run before each attempt but the first
   */
  Attempts(Patience patience, int concurrency, Runnable repeated) {
    this.patience = patience;
    this.breaker =
        CircuitBreaker.of(
            "upstream",
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(patience.breakerCalls())
                .minimumNumberOfCalls(patience.breakerCalls())
                .failureRateThreshold(FAILED_PERCENT)
                .waitDurationInOpenState(patience.breakerPause())
                .permittedNumberOfCallsInHalfOpenState(concurrency)
                // One text alone may be what fails; a harmless question tells, apart from this.
                .recordException(
                    e ->
                        e instanceof CallFailedException failed
                            && failed.kind() != Kind.TEXT
                            && failed.kind() != Kind.DOUBTFUL)
                .build());
    IntervalFunction backoff =
        IntervalFunction.ofExponentialRandomBackoff(
            patience.firstPause().toMillis(), GROWTH, JITTER, patience.longestPause().toMillis());
    this.retry =
        Retry.of(
            "upstream",
            RetryConfig.custom()
                .maxAttempts(patience.attempts())
                .intervalBiFunction(
                    (attempt, result) ->
                        Math.max(
                            backoff.apply(attempt), result.isLeft() ? asked(result.getLeft()) : 0))
                .retryOnException(this::worthRepeating)
                .build());
    retry.getEventPublisher().onRetry(event -> repeated.run());
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == State.OPEN) {
                openUntil = Deadline.in(patience.breakerPause());
              }
            });
  }

  /**
   * Makes a call.
   *
   * @param before what each attempt waits for first; its failure is no call's
   * @throws CallNotPermittedException if too many have failed
   */
  Completion run(Callable<Void> before, Callable<Completion> call) throws Exception {
    return retry.executeCallable(
        () -> {
          before.call();
          return breaker.executeCallable(call);
        });
  }

  /** Whether no call is let through at this moment. */
  boolean stopped() {
    return breaker.getState() == State.OPEN && stoppedFor().toMillis() > 0;
  }

  /** Until calls are let through again; zero where they are. */
  Duration stoppedFor() {
    return openUntil.left();
  }

  /** How many milliseconds the server asked to be left alone; 0 if it did not. */
  private static long asked(Throwable failure) {
    return failure instanceof CallFailedException failed
        ? failed.retryAfter().map(Duration::toMillis).orElse(0L)
        : 0;
  }

  private boolean worthRepeating(Throwable failure) {
    if (failure instanceof CallNotPermittedException) {
      // Others are finding out whether the server is back.
      return breaker.getState() == State.HALF_OPEN;
    }
    return failure instanceof CallFailedException failed
        && (failed.kind() == Kind.PASSING || failed.kind() == Kind.DOUBTFUL)
        && asked(failed) <= patience.longestPause().toMillis();
  }
}
