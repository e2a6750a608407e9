package io.distillstream.benchmarks.quantize;

import io.distillstream.quantization.search.Progress;
import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How long each stage of a quantization took, from its first report to that of the next stage, and
 * how long the quantizing thread and the garbage collector worked in it: what stays on a machine
 * with nothing else to do. For that thread.
 */
final class StageTimes implements Progress {
  private final Map<String, Seconds> stages = new LinkedHashMap<>();
  private Seconds since = Seconds.now();
  private Seconds total = new Seconds(0, 0);
  private String stage;

  /** By the clock, and at work. */
  private record Seconds(double wall, double work) {
    static Seconds now() {
      long collecting =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(GarbageCollectorMXBean::getCollectionTime)
              .sum();
      return new Seconds(
          System.nanoTime() / 1e9,
          ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9 + collecting / 1e3);
    }

    Seconds plus(Seconds other) {
      return new Seconds(wall + other.wall, work + other.work);
    }

    Seconds minus(Seconds other) {
      return new Seconds(wall - other.wall, work - other.work);
    }
  }

  /** Begins with a stage. */
  StageTimes(String first) {
    this.stage = first;
  }

  @Override
  public void at(String what, long done, long of) {
    if (!what.equals(stage)) {
      end();
      stage = what;
    }
  }

  /** Ends the last stage. */
  void end() {
    Seconds now = Seconds.now();
    Seconds spent = now.minus(since);
    stages.merge(stage, spent, Seconds::plus);
    total = total.plus(spent);
    since = now;
  }

  /** Wall-clock seconds from the beginning to the end of the last stage. */
  double total() {
    return total.wall();
  }

  void print(PrintWriter out) {
    out.println("| stage | s | at work, s |");
    out.println("|---|---|---|");
    stages.forEach((name, spent) -> print(name, spent, out));
    print("all", total, out);
    out.println();
  }

  private static void print(String name, Seconds spent, PrintWriter out) {
    out.printf(Locale.ROOT, "| %s | %.2f | %.2f |%n", name, spent.wall(), spent.work());
  }
}
