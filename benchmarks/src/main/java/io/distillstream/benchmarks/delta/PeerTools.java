package io.distillstream.benchmarks.delta;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tools that make deltas of any files, where they are installed. */
final class PeerTools {
  private final Path folder;
  private final boolean bsdiff;
  private final boolean zstd;

  /**
   * @param folder where deltas are written
   * @param out is told what is missing
   */
  PeerTools(Path folder, PrintWriter out) {
    this.folder = folder;
    this.bsdiff = installed("bsdiff", out);
    this.zstd = installed("zstd", out);
  }

  private static boolean installed(String tool, PrintWriter out) {
    boolean found =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
    if (!found) {
      out.printf("LEFT OUT: %s is not installed here (Debian: apt-get install %s)%n", tool, tool);
    }
    return found;
  }

  /** Bytes of bsdiff's delta; NaN where it is not installed. */
  double bsdiff(Path before, Path after) throws IOException, InterruptedException {
    Path delta = folder.resolve("bsdiff");
    return bsdiff
        ? size(delta, List.of("bsdiff", before.toString(), after.toString(), delta.toString()))
        : Double.NaN;
  }

  /** Bytes of zstd's, level 19 with the old file as its dictionary; NaN where it is not there. */
  double zstd(Path before, Path after) throws IOException, InterruptedException {
    Path delta = folder.resolve("zstd");
    return zstd
        ? size(
            delta,
            List.of(
                "zstd",
                "-19",
                "-q",
                "-f",
                "--patch-from=" + before,
                after.toString(),
                "-o",
                delta.toString()))
        : Double.NaN;
  }

  private static double size(Path delta, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = process.waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code);
    }
    return Files.size(delta);
  }
}
