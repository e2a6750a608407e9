package io.distillstream.device;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A device in a process of its own that answers one text and ends, in one way or another, and never
 * closes the device.
 */
public final class DeviceProcess {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private DeviceProcess() {}

  /** How it ends once it has answered. */
  enum End {
    /** Nothing in the process gets to run, as when the system kills it. */
    HALT(9),
    /** As by Ctrl-C. */
    EXIT(0);

    private final int code;

    End(int code) {
      this.code = code;
    }
  }

  /**
   * How it ended.
   *
   * @param printed the version that answered
   */
  record Outcome(String printed, int exitCode) {

    /** Of one that came to its end. */
    static Outcome answered(long version, End end) {
      return new Outcome("v" + version, end.code);
    }
  }

  /**
   * Runs one to its end.
   *
   * @param folder of the device
   * @param pipeline what it follows until the version answers
   * @param options of the virtual machine
   */
  static Outcome run(Path folder, Path pipeline, long version, End end, String... options)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            DeviceProcess.class.getName(),
            folder.toString(),
            pipeline.toString(),
            Long.toString(version),
            end.name()));
    Path log = Files.createTempFile(pipeline, "device-", ".log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    try {
      String printed =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + Files.readString(log));
      }
      return new Outcome(printed, process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // It is the point that nobody closes it.
  public static void main(String[] args) throws Exception {
    FolderPipeline pipeline = new FolderPipeline(Path.of(args[1]));
    DeviceClient device =
        new DeviceClient(
            DeviceSettings.of("d1", "glosses", "stable", Path.of(args[0])), pipeline, pipeline);
    device.start();
    device.awaitVersion(Long.parseLong(args[2]), PATIENCE);
    System.out.println("v" + device.predict("a dog").orElseThrow().version());
    System.out.flush();
    End end = End.valueOf(args[3]);
    if (end == End.HALT) {
      Runtime.getRuntime().halt(end.code);
    }
    System.exit(end.code);
  }
}
