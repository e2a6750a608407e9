package io.distillstream.benchmarks.quantize;

import io.distillstream.quantization.Progress;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How long each stage of a quantization took, from its first report to that of the next stage. */
final class StageTimes implements Progress {
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private final long began = System.nanoTime();
  private String stage = "reading the model";
  private long since = began;

  @Override
  public void at(String what, long done, long of) {
    if (!what.equals(stage)) {
      end();
      stage = what;
    }
  }

  /** Ends the last stage. */
  void end() {
    long now = System.nanoTime();
    seconds.merge(stage, (now - since) / 1e9, Double::sum);
    since = now;
  }

  /** From the beginning to the end of the last stage. */
  double total() {
    return (since - began) / 1e9;
  }

  void print(PrintWriter out) {
    out.println("| stage | s |");
    out.println("|---|---|");
    seconds.forEach((name, s) -> out.printf(Locale.ROOT, "| %s | %.2f |%n", name, s));
    out.printf(Locale.ROOT, "| all | %.2f |%n%n", total());
  }
}
