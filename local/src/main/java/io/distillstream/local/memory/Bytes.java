package io.distillstream.local.memory;

import java.util.Locale;

/** Amounts of memory as people write them. */
final class Bytes {
  private static final double GIB = 1 << 30;
  private static final int MIB = 1 << 20;

  private Bytes() {}

  /** Such as {@code 5.8 GiB}. */
  static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
  }

  /** The option that lets the Java heap grow to so many bytes, rounded up. */
  static String maxHeap(long bytes) {
    return "-Xmx" + ((bytes + MIB - 1) / MIB) + "m";
  }
}
