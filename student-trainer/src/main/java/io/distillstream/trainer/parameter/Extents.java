package io.distillstream.trainer.parameter;

/** Checks of the numbers that shapes are made of. */
public final class Extents {
  private Extents() {}

  public static void atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, got %d".formatted(name, least, value));
    }
  }

  /** Checks that a table has so many entries. */
  public static void entries(int expected, TableRows rows) {
    if (rows.entries() != expected) {
      throw new IllegalArgumentException(
          "the table has %d entries, got %s".formatted(expected, rows));
    }
  }

  /**
   * What one of {@code heads} heads gets of a width.
   *
   * @throws IllegalArgumentException if the heads do not divide the width
   */
  public static int headWidth(int width, int heads) {
    atLeast(1, heads, "heads");
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "heads must divide width %d, got %d".formatted(width, heads));
    }
    return width / heads;
  }
}
