package io.distillstream.benchmarks.capacity;

import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** What was measured and what follows from it, as text. */
final class CapacityTables {
  private static final double MIB = 1 << 20;
  private static final double GIB = 1 << 30;
  private static final double MILLIS = 1e3;

  /** Topics that grow with the requests. */
  private static final List<Topic<?>> OF_REQUESTS =
      List.of(
          Topics.REQUESTS,
          Topics.SOFT_LABELS,
          Topics.GROUND_TRUTH,
          Topics.TRAINING_EXAMPLES,
          Topics.HELD_OUT);

  /** Topics whose writers, or ages, keep them at a size. */
  private static final List<Topic<?>> OF_VERSIONS =
      List.of(
          Topics.CHECKPOINTS, Topics.CHECKPOINT_BLOBS, Topics.MODEL_UPDATES, Topics.MODEL_BLOBS);

  private final List<Window> low;
  private final List<Window> high;

  CapacityTables(List<Window> low, List<Window> high) {
    this.low = List.copyOf(low);
    this.high = List.copyOf(high);
  }

  /**
   * @param rates to plan for, in requests per second
   */
  List<String> lines(List<Double> rates) {
    List<String> lines = new ArrayList<>();
    stages(lines);
    topics(lines);
    plan(lines, rates);
    return lines;
  }

  private void stages(List<String> lines) {
    lines.add("");
    String row = "%-12s %15s %22s %26s";
    lines.add(
        row.formatted(
            "Stage", "standing cores", "core-ms per request", "one core does, requests/s"));
    for (Stage stage : Stage.values()) {
      StageCost cost = StageCost.of(stage, low, high);
      lines.add(
          text(
              "%-12s %15.3f %22.2f %26s",
              stage.text(), cost.standing(), MILLIS * cost.perRequest(), atMost(cost)));
    }
  }

  /** Where the rate makes no measurable difference, no core is ever full of requests. */
  private static String atMost(StageCost cost) {
    double room = 1 - cost.standing();
    return MILLIS * cost.perRequest() < 0.05 || room <= 0
        ? "-"
        : text("%,.0f", room / cost.perRequest());
  }

  private void topics(List<String> lines) {
    lines.add("");
    lines.add("%-20s %18s %12s".formatted("Topic", "bytes per request", "kept"));
    for (Topic<?> topic : OF_REQUESTS) {
      lines.add(
          text(
              "%-20s %18.0f %12s",
              topic.suffix(), bytesPerRequest(topic), days(topic.retention())));
    }
    Reading last = high.get(high.size() - 1).end();
    for (Topic<?> topic : OF_VERSIONS) {
      lines.add(
          text(
              "%-20s %18s   %.1f MiB in all",
              topic.suffix(), "", last.topicBytes().getOrDefault(topic, 0L) / MIB));
    }
  }

  private double bytesPerRequest(Topic<?> topic) {
    long bytes = Stream.concat(low.stream(), high.stream()).mapToLong(w -> w.bytes(topic)).sum();
    long requests = Stream.concat(low.stream(), high.stream()).mapToLong(Window::requests).sum();
    return (double) bytes / requests;
  }

  private static String days(Duration retention) {
    return retention.toDays() + " days";
  }

  private void plan(List<String> lines, List<Double> rates) {
    lines.add("");
    lines.add("%-36s".formatted("Plan, in requests/s") + columns(rates, "%,.0f", r -> r));
    for (Stage stage : List.of(Stage.TEACHER, Stage.JOINER, Stage.TRAINER, Stage.CLUSTER)) {
      StageCost cost = StageCost.of(stage, low, high);
      lines.add("%-36s".formatted("cores, " + stage.text()) + columns(rates, "%,.1f", cost::cores));
    }
    lines.add(
        "%-36s".formatted("GiB a day, one replica")
            + columns(rates, "%,.2f", rate -> rate * bytesPerDay() / GIB));
    lines.add(
        "%-36s".formatted("GiB kept, one replica")
            + columns(rates, "%,.1f", rate -> rate * bytesKept() / GIB));
    lines.add(
        "%-36s".formatted("partitions, 4 at least")
            + columns(rates, "%,.0f", rate -> Math.max(4, Math.ceil(teacher().cores(rate)))));
  }

  /** A process of the teacher for each core, and a partition for each process. */
  private StageCost teacher() {
    return StageCost.of(Stage.TEACHER, low, high);
  }

  private double bytesPerDay() {
    return OF_REQUESTS.stream().mapToDouble(this::bytesPerRequest).sum()
        * Duration.ofDays(1).toSeconds();
  }

  private double bytesKept() {
    return OF_REQUESTS.stream()
        .mapToDouble(topic -> bytesPerRequest(topic) * topic.retention().toSeconds())
        .sum();
  }

  private static String columns(List<Double> rates, String format, DoubleUnaryOperator figure) {
    StringBuilder columns = new StringBuilder();
    for (double rate : rates) {
      columns.append(
          "%12s".formatted(String.format(Locale.ROOT, format, figure.applyAsDouble(rate))));
    }
    return columns.toString();
  }

  /** With a point for decimals, whatever the user's language. */
  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
