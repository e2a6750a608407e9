package io.distillstream.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process holds, in MiB.
 *
 * @param step at which it was taken
 * @param heap in use after a collection
 * @param direct in Java's direct buffers
 * @param resident of the whole process, native memory included; NaN where the system does not say
 */
public record MemorySample(long step, double heap, double direct, double resident) {
  private static final double MIB = 1 << 20;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";

  /** Collects garbage, then measures. */
  public static MemorySample take(long step) {
    System.gc();
    return new MemorySample(
        step,
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB,
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum()
            / MIB,
        residentMemory());
  }

  /** From Linux's {@code /proc}, in kB there. */
  private static double residentMemory() {
    if (!Files.isReadable(STATUS)) {
      return Double.NaN;
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(RESIDENT))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException(STATUS + " cannot be read", e);
    }
  }

  @Override
  public String toString() {
    return "heap %.1f, direct %.1f, resident %.0f MiB".formatted(heap, direct, resident);
  }
}
