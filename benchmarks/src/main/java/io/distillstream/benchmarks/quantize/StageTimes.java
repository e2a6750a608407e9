package io.distillstream.benchmarks.quantize;

import com.sun.management.OperatingSystemMXBean;
import io.distillstream.quantization.Progress;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How long each stage of a quantization took, from its first report to that of the next stage, and
 * how much processor time all threads of the process used in it: what a quiet machine would need at
 * most.
 */
final class StageTimes implements Progress {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Map<String, Seconds> stages = new LinkedHashMap<>();
  private Seconds since = Seconds.now();
  private Seconds total = new Seconds(0, 0);
  private String stage;

  /** Wall-clock and processor time. */
  private record Seconds(double wall, double processor) {
    static Seconds now() {
      return new Seconds(System.nanoTime() / 1e9, SYSTEM.getProcessCpuTime() / 1e9);
    }

    Seconds plus(Seconds other) {
      return new Seconds(wall + other.wall, processor + other.processor);
    }

    Seconds minus(Seconds other) {
      return new Seconds(wall - other.wall, processor - other.processor);
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
    out.println("| stage | s | processor s |");
    out.println("|---|---|---|");
    stages.forEach((name, spent) -> print(name, spent, out));
    print("all", total, out);
    out.println();
  }

  private static void print(String name, Seconds spent, PrintWriter out) {
    out.printf(Locale.ROOT, "| %s | %.2f | %.2f |%n", name, spent.wall(), spent.processor());
  }
}
