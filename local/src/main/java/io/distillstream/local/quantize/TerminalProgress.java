package io.distillstream.local.quantize;

import io.distillstream.quantization.search.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/** A line per stage as it begins, and one every few seconds while it lasts. */
public final class TerminalProgress implements Progress {
  private static final long LINE_NANOS = 3_000_000_000L;

  private final PrintWriter out;
  private final long began = System.nanoTime();
  private String stage = "";
  private long printed;

  public TerminalProgress(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void at(String what, long done, long of) {
    long now = System.nanoTime();
    boolean begins = !what.equals(stage);
    if (!begins && now - printed < LINE_NANOS) {
      return;
    }
    stage = what;
    printed = now;
    String extent = of > 0 && !begins ? String.format(Locale.ROOT, " %,d of %,d", done, of) : "";
    out.println(String.format(Locale.ROOT, "%6.1f s  %s%s", (now - began) / 1e9, what, extent));
    out.flush();
  }
}
