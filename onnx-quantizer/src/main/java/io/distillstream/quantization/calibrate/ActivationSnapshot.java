package io.distillstream.quantization.calibrate;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The activations of a few samples themselves, for what a histogram does not tell: which values
 * stand beside each other, and which channel they are of.
 */
public final class ActivationSnapshot {
  private final Map<String, List<TensorValue>> values = new LinkedHashMap<>();

  private ActivationSnapshot() {}

  /**
   * Runs a model on samples and keeps what it computes.
   *
   * @param tensors names of inputs or computed values
   * @param samples few: everything is kept
   * @throws InvalidModelException if there is no such tensor
   */
  public static ActivationSnapshot of(
      OnnxModel model, Collection<String> tensors, List<Sample> samples) {
    ActivationSnapshot snapshot = new ActivationSnapshot();
    if (tensors.isEmpty() || samples.isEmpty()) {
      return snapshot;
    }
    List<String> ordered = Taps.ordered(model, tensors);
    Set<String> given = Taps.inputs(model);
    List<String> computed = ordered.stream().filter(tensor -> !given.contains(tensor)).toList();
    if (!computed.isEmpty()) {
      snapshot.compute(Taps.tapped(model, computed), samples);
    }
    for (Sample sample : samples) {
      ordered.stream()
          .filter(given::contains)
          .forEach(
              tensor ->
                  Optional.ofNullable(sample.inputs().get(tensor))
                      .ifPresent(value -> snapshot.add(tensor, value)));
    }
    return snapshot;
  }

  private void compute(OnnxModel tapped, List<Sample> samples) {
    try (LoadedModel loaded = OnnxRuntimeModel.load(tapped)) {
      samples.forEach(sample -> loaded.run(sample).forEach(this::add));
    }
  }

  private void add(String tensor, TensorValue value) {
    values.computeIfAbsent(tensor, name -> new ArrayList<>()).add(value);
  }

  /** What a tensor was, sample by sample; empty if it was not watched. */
  public List<TensorValue> of(String tensor) {
    return List.copyOf(values.getOrDefault(tensor, List.of()));
  }

  /**
   * Mean of each channel of a tensor over all samples.
   *
   * @param axis of the channels; -1 for the last
   * @return {@code [channels]}; empty if the tensor was not watched or has no such axis
   */
  public float[] channelMeans(String tensor, int axis) {
    List<TensorValue> all = of(tensor);
    if (all.isEmpty() || all.get(0).rank() < 2) {
      return new float[0];
    }
    double[] sums = new double[0];
    long count = 0;
    for (TensorValue value : all) {
      long[] shape = value.shape();
      int at = axis < 0 ? shape.length + axis : axis;
      int channels = Math.toIntExact(shape[at]);
      int inner = 1;
      for (int i = at + 1; i < shape.length; i++) {
        inner *= Math.toIntExact(shape[i]);
      }
      sums = sums.length == 0 ? new double[channels] : sums;
      float[] floats = value.floats();
      for (int i = 0; i < floats.length; i++) {
        sums[i / inner % channels] += floats[i];
      }
      count += floats.length / channels;
    }
    float[] means = new float[sums.length];
    for (int c = 0; c < means.length; c++) {
      means[c] = (float) (sums[c] / count);
    }
    return means;
  }
}
