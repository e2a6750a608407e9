package io.distillstream.joiner;

import io.distillstream.runtime.StageMetrics;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the joiner says of itself. Thread-safe. */
final class JoinMetrics implements JoinListener {
  private static final double WINDOW = 1_000;
  private static final Duration TELL_EVERY = Duration.ofSeconds(1);

  /** Ids come from outside. */
  private static final int MOST_TEACHERS = 16;

  private final StageMetrics stage;
  private final Map<String, Double> accuracies = new TreeMap<>();
  private long toldNanos = System.nanoTime() - TELL_EVERY.toNanos();
  private double pooled;
  private double disagreement;

  JoinMetrics(StageMetrics stage) {
    this.stage = stage;
    for (JoinEvent event : JoinEvent.values()) {
      event.counter(stage);
    }
    stage.gauge(
        "teacher_disagreement",
        "Mean Jensen-Shannon divergence of several teachers' answers, over the last 1,000 requests"
            + " or so, in nats.",
        this::meanDisagreement);
  }

  @Override
  public void happened(JoinEvent event) {
    event.counter(stage).increment();
  }

  @Override
  public synchronized void disagreed(double nats) {
    pooled++;
    disagreement += (nats - disagreement) / Math.min(pooled, WINDOW);
  }

  private synchronized double meanDisagreement() {
    return pooled == 0 ? Double.NaN : disagreement;
  }

  @Override
  public synchronized void measured(Map<String, Double> measured) {
    for (Map.Entry<String, Double> one : measured.entrySet()) {
      if (accuracies.size() < MOST_TEACHERS || accuracies.containsKey(one.getKey())) {
        accuracies.put(one.getKey(), one.getValue());
      }
    }
    if (System.nanoTime() - toldNanos >= TELL_EVERY.toNanos()) {
      toldNanos = System.nanoTime();
      tell();
    }
  }

  private void tell() {
    stage.note(
        "teacher_accuracy",
        accuracies.entrySet().stream()
            .map(one -> String.format(Locale.ROOT, "%s %.3f", one.getKey(), one.getValue()))
            .collect(Collectors.joining(", ")));
  }
}
