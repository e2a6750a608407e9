package io.distillstream.acceptance.device;

import io.distillstream.local.ForeignProgram;
import java.util.ArrayList;
import java.util.List;

/** A JVM for ARM64 processors, which QEMU emulates; {@code .ci/run} sets it up. */
final class Arm64Jvm {
  private static final String VARIABLE = "ARM64_ROOT";
  private static final String QEMU = "qemu-aarch64-static";

  /** A processor of phones, with the instructions for products of bytes that most of them have. */
  private static final String PROCESSOR = "cortex-a76";

  private Arm64Jvm() {}

  /** Skips the test, and says so, where it is missing. */
  static void require() throws Exception {
    ForeignProgram.require("an ARM64 JVM", VARIABLE, command("-version").toArray(String[]::new));
  }

  /** The command that runs it. */
  static List<String> command(String... arguments) {
    String root = System.getenv().getOrDefault(VARIABLE, "");
    List<String> command = new ArrayList<>(List.of(QEMU, "-cpu", PROCESSOR, "-L", root));
    command.add(root + "/usr/lib/jvm/java-17-openjdk-arm64/bin/java");
    command.addAll(List.of(arguments));
    return command;
  }
}
