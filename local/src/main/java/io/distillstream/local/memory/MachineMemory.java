package io.distillstream.local.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory a new process may take on this machine, or in this container. */
public final class MachineMemory {
  private static final Path LINUX = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");

  private MachineMemory() {}

  /** What is available now: what no process needs, within the container's limit. */
  public static long available() {
    return Math.min(total(), unused(LINUX).orElse(total()));
  }

  /** What the machine has, or the container's limit where there is one. */
  static long total() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** As the kernel's file says; empty where there is none such. */
  static OptionalLong unused(Path meminfo) {
    try {
      Matcher line = AVAILABLE.matcher(Files.readString(meminfo));
      return line.find()
          ? OptionalLong.of(Long.parseLong(line.group(1)) << 10)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
