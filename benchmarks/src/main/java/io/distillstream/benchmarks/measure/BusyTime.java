package io.distillstream.benchmarks.measure;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;

/**
 * How long a thread was at work so far: its processor time, and the pauses of the garbage collector
 * during which it stood still. Unlike the time on the clock it hardly depends on what else the
 * machine does.
 */
public final class BusyTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private BusyTime() {}

  /** Of the calling thread, in milliseconds. */
  public static double millis() {
    return millis(Thread.currentThread().getId());
  }

  /** Of a thread by its id, in milliseconds. */
  public static double millis(long thread) {
    long pauses = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      pauses += collector.getCollectionTime();
    }
    return pauses + THREADS.getThreadCpuTime(thread) / 1e6;
  }

  /**
   * The id of the live thread of this name.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public static long thread(String name) {
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(Objects::nonNull)
        .filter(thread -> thread.getThreadName().equals(name))
        .mapToLong(ThreadInfo::getThreadId)
        .findFirst()
        .orElseThrow();
  }
}
