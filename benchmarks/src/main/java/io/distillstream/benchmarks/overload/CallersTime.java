package io.distillstream.benchmarks.overload;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;

/**
 * The share of the machine's processors that the callers themselves take: they run in the process
 * that they measure, and what they take is not there for the service.
 */
final class CallersTime {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final long startNanos = System.nanoTime();
  private final long startCallers = callers();

  /** Since this object was made; threads that ended meanwhile are left out. */
  double share() {
    double elapsed = System.nanoTime() - startNanos;
    return (callers() - startCallers) / elapsed / Runtime.getRuntime().availableProcessors();
  }

  /** Processor time of the threads of {@link TeacherCalls} that live now, ns. */
  private static long callers() {
    long sum = THREADS.getCurrentThreadCpuTime();
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && isCaller(thread.getThreadName())) {
        sum += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return sum;
  }

  /** Java's HTTP client names its threads so, and the pools of callers theirs. */
  private static boolean isCaller(String thread) {
    return thread.startsWith("HttpClient-") || thread.startsWith(TeacherCalls.CALLER);
  }
}
