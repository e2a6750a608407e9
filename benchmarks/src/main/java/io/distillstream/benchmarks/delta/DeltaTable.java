package io.distillstream.benchmarks.delta;

import com.sun.management.ThreadMXBean;
import io.distillstream.benchmarks.measure.Quantiles;
import io.distillstream.delta.DeltaWriter;
import io.distillstream.delta.ModelDelta;
import io.distillstream.onnx.delta.OnnxDelta;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Sizes of deltas, pair by pair. Owns a folder for what it writes. */
final class DeltaTable implements AutoCloseable {
  /** The fastest of so many applications counts. */
  private static final int ROUNDS = 3;

  private final PrintWriter out;
  private final Path folder;
  private final PeerTools peers;

  DeltaTable(PrintWriter out) throws IOException {
    this.out = out;
    this.folder = Files.createTempDirectory("deltas");
    this.peers = new PeerTools(folder, out);
  }

  /** Sizes are shares of the new file; NaN where a tool is not there. */
  private record Row(
      long full,
      String codec,
      double ours,
      double deflated,
      double bsdiff,
      double zstd,
      double entropy,
      double millis,
      double allocated) {}

  /**
   * Prints a row for each pair of neighbours, then medians.
   *
   * @param artifacts consecutive versions
   */
  void print(String title, List<Path> artifacts) throws IOException, InterruptedException {
    out.printf("%n%s%n%n", title);
    out.println(
        "| full, bytes | codec | ours | difference, deflated | bsdiff | zstd --patch-from -19 |"
            + " entropy of the difference | applied in | allocated meanwhile |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i < artifacts.size(); i++) {
      Row row = row(artifacts.get(i - 1), artifacts.get(i));
      rows.add(row);
      out.printf(
          Locale.ROOT,
          "| %,d | %s | %s | %s | %s | %s | %s | %.0f ms | %.1f MB |%n",
          row.full(),
          row.codec(),
          percent(row.ours()),
          percent(row.deflated()),
          percent(row.bsdiff()),
          percent(row.zstd()),
          percent(row.entropy()),
          row.millis(),
          row.allocated() / 1e6);
      out.flush();
    }
    out.printf(
        Locale.ROOT,
        "| median | | %s | %s | %s | %s | %s | %.0f ms | %.1f MB |%n",
        percent(median(rows, Row::ours)),
        percent(median(rows, Row::deflated)),
        percent(median(rows, Row::bsdiff)),
        percent(median(rows, Row::zstd)),
        percent(median(rows, Row::entropy)),
        median(rows, Row::millis),
        median(rows, Row::allocated) / 1e6);
    out.printf(
        "%nsmaller than both tools in %d of %d pairs%n%n",
        rows.stream().filter(row -> row.ours() < row.bsdiff() && row.ours() < row.zstd()).count(),
        rows.size());
    out.flush();
  }

  private Row row(Path before, Path after) throws IOException, InterruptedException {
    byte[] from = Files.readAllBytes(before);
    byte[] to = Files.readAllBytes(after);
    OnnxDelta delta =
        OnnxDelta.between(from, to)
            .orElseThrow(() -> new IllegalStateException("No delta is smaller than " + after));
    Path file = folder.resolve("delta");
    Files.write(file, delta.bytes());
    double[] cost = applied(before, file, to);
    return new Row(
        to.length,
        delta.codec().id(),
        (double) delta.bytes().length / to.length,
        (double) DeltaWriter.deflated(from, to).length / to.length,
        peers.bsdiff(before, after) / to.length,
        peers.zstd(before, after) / to.length,
        entropy(from, to) / Byte.SIZE / to.length,
        cost[0],
        cost[1]);
  }

  /** Milliseconds, and bytes that the thread allocated. */
  private double[] applied(Path before, Path delta, byte[] expected) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Path made = folder.resolve("made");
    double fastest = Double.POSITIVE_INFINITY;
    long allocated = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long began = System.nanoTime();
      ModelDelta.apply(before, delta, made, expected.length);
      fastest = Math.min(fastest, (System.nanoTime() - began) / 1e6);
      allocated = threads.getCurrentThreadAllocatedBytes() - bytes;
    }
    if (!Arrays.equals(Files.readAllBytes(made), expected)) {
      throw new IllegalStateException("The delta " + delta + " makes another file");
    }
    return new double[] {fastest, allocated};
  }

  /** Bits of the byte-wise difference, each coded by its frequency alone. */
  static double entropy(byte[] from, byte[] to) {
    long[] counts = new long[1 << Byte.SIZE];
    for (int i = 0; i < to.length; i++) {
      counts[(to[i] - (i < from.length ? from[i] : 0)) & 0xff]++;
    }
    double bits = 0;
    for (long count : counts) {
      bits -= count == 0 ? 0 : count * Math.log((double) count / to.length) / Math.log(2);
    }
    return bits;
  }

  private static double median(List<Row> rows, ToDoubleFunction<Row> figure) {
    return Quantiles.median(rows.stream().mapToDouble(figure));
  }

  private static String percent(double share) {
    return Double.isNaN(share)
        ? "not installed"
        : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
