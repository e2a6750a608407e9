package io.distillstream.local.terminal;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Whether somebody looks at the output of this process, on a screen that can be redrawn. */
public final class Terminal {

  private Terminal() {}

  /** Whether standard output is a terminal that understands cursor movements. */
  public static boolean isInteractive() {
    return System.console() != null && understandsCursor(System.getenv("TERM"));
  }

  static boolean understandsCursor(@Nullable String kind) {
    return kind != null && !kind.isBlank() && !kind.equals("dumb");
  }

  /** Prints a line at once. */
  public static void print(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
