package io.distillstream.quantization.calibrate;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tensors that are watched in one run. Owns the native session, which is loaded when it first runs.
 * Not thread-safe.
 */
final class TapGroup implements AutoCloseable {
  private final OnnxModel model;
  private final List<String> tensors;
  private final int threads;
  private @Nullable OnnxRuntimeModel session;

  /** Size of each tensor in the run that left most in memory. */
  private Map<String, Long> largestRun = Map.of();

  /**
   * @param tensors at least one, in the order in which the graph computes them
   */
  TapGroup(OnnxModel model, List<String> tensors, int threads) {
    this.model = model;
    this.tensors = List.copyOf(tensors);
    this.threads = threads;
  }

  /** Runs the model and hands over the values of each tensor. */
  void run(Sample sample, BiConsumer<String, TensorValue> visitor) {
    Map<String, Long> bytes = new LinkedHashMap<>();
    session()
        .visit(
            sample,
            (tensor, value) -> {
              bytes.put(tensor, (long) value.size() * Float.BYTES);
              visitor.accept(tensor, value);
            });
    if (sum(bytes) > sum(largestRun)) {
      largestRun = bytes;
    }
  }

  /**
   * Groups that leave at most this in native memory for a sample as large as the largest so far,
   * except for a tensor that is larger by itself: this one if it does, otherwise new ones that take
   * its place; then it is closed.
   */
  List<TapGroup> within(long maxBytes) {
    if (tensors.size() == 1 || sum(largestRun) <= maxBytes) {
      return List.of(this);
    }
    close();
    List<TapGroup> parts = new ArrayList<>();
    List<String> part = new ArrayList<>();
    long bytes = 0;
    for (String tensor : tensors) {
      long next = largestRun.getOrDefault(tensor, 0L);
      if (!part.isEmpty() && bytes + next > maxBytes) {
        parts.add(new TapGroup(model, part, threads));
        part.clear();
        bytes = 0;
      }
      part.add(tensor);
      bytes += next;
    }
    parts.add(new TapGroup(model, part, threads));
    return parts;
  }

  /** Closed with the group. */
  @SuppressWarnings("MustBeClosedChecker")
  private OnnxRuntimeModel session() {
    OnnxRuntimeModel loaded = session;
    if (loaded == null) {
      loaded = OnnxRuntimeModel.load(Taps.tapped(model, tensors), threads);
      session = loaded;
    }
    return loaded;
  }

  private static long sum(Map<String, Long> bytes) {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
      session = null;
    }
  }
}
