package io.distillstream.benchmarks.measure;

import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How long a model takes beside another one, as devices run it: one text at a time, on one thread,
 * tokenization included.
 */
public final class DeviceLatency {
  private static final int ROUNDS = 20;

  private DeviceLatency() {}

  /**
   * {@code model}'s time over {@code peer}'s. Both answer all texts in turns, in several rounds; of
   * each text the fastest round counts, which leaves out what else the machine did.
   */
  public static double ratio(OnnxModel model, OnnxModel peer, List<String> texts)
      throws IOException, UnusableModelException {
    Path folder = Files.createTempDirectory("latency");
    Path a = folder.resolve("model.onnx");
    Path b = folder.resolve("peer.onnx");
    try {
      model.write(a);
      peer.write(b);
      try (OnnxClassifier one = OnnxClassifier.open(a);
          OnnxClassifier other = OnnxClassifier.open(b)) {
        long[] nanosOne = new long[texts.size()];
        long[] nanosOther = new long[texts.size()];
        Arrays.fill(nanosOne, Long.MAX_VALUE);
        Arrays.fill(nanosOther, Long.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
          for (int i = 0; i < texts.size(); i++) {
            nanosOne[i] = Math.min(nanosOne[i], nanos(one, texts.get(i)));
            nanosOther[i] = Math.min(nanosOther[i], nanos(other, texts.get(i)));
          }
        }
        return (double) LongStream.of(nanosOne).sum() / LongStream.of(nanosOther).sum();
      }
    } finally {
      Files.deleteIfExists(a);
      Files.deleteIfExists(b);
      Files.deleteIfExists(folder);
    }
  }

  private static long nanos(OnnxClassifier model, String text) {
    long start = System.nanoTime();
    model.logits(text);
    return System.nanoTime() - start;
  }
}
