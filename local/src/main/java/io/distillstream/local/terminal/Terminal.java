package io.distillstream.local.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Whether somebody looks at the output of this process, on a screen that can be redrawn. */
public final class Terminal {

  private Terminal() {}

  /** Whether standard output is a terminal that understands cursor movements. */
  public static boolean isInteractive() {
    return understandsCursor(System.getenv("TERM")) && isTerminal();
  }

  /** Whether it shows the block characters of Unicode besides. */
  @SuppressWarnings("SystemConsoleNull") // There may be none.
  public static boolean showsBlocks() {
    Console console = System.console();
    return isInteractive() && console != null && console.charset().equals(UTF_8);
  }

  /** Up to Java 21 there is no console without a terminal; later ones say so. */
  @SuppressWarnings("SystemConsoleNull") // What the warning is about is asked for.
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return true;
    }
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
