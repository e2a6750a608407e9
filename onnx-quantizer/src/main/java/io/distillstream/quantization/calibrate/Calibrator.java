package io.distillstream.quantization.calibrate;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Watches tensors inside of a model while it runs on samples, one after the other, and says which
 * range each of them needs.
 *
 * <p>Memory does not grow with the samples: {@link Histogram} per tensor on the heap, one tensor's
 * values at a time, and in native memory what one run leaves of the watched tensors. If that is
 * more than {@link CalibrationSettings#maxTapBytes}, later samples are run once per group of
 * tensors; each group then holds the weights that lead to its tensors.
 *
 * <p>Owns native sessions. Not thread-safe.
 */
public final class Calibrator implements AutoCloseable {
  private final CalibrationSettings settings;
  private final Map<String, TensorStatistics> statistics;
  private final double fade;

  /** Watched tensors that the sample itself brings. */
  private final List<String> inputs;

  private List<TapGroup> groups;
  private long samples;
  private boolean closed;

  /**
   * Begins anew.
   *
   * @param tensors names of inputs or computed values of the graph; those inside of control flow's
   *     bodies cannot be watched
   * @throws InvalidModelException if there is no such tensor, or it is a constant
   */
  @MustBeClosed
  public Calibrator(OnnxModel model, Collection<String> tensors, CalibrationSettings settings) {
    this(model, unseen(tensors, settings), 0, settings);
  }

  /**
   * Goes on from what was observed before, on the same tensors.
   *
   * @throws InvalidModelException if the model lacks one of them
   */
  @MustBeClosed
  public Calibrator(OnnxModel model, CalibrationState state, CalibrationSettings settings) {
    this(model, state.copies(), state.samples(), settings);
  }

  private Calibrator(
      OnnxModel model,
      Map<String, TensorStatistics> statistics,
      long samples,
      CalibrationSettings settings) {
    this.settings = settings;
    this.statistics = statistics;
    this.samples = samples;
    fade = Math.pow(2, -1 / settings.halfLifeSamples());
    List<String> ordered = Taps.ordered(model, statistics.keySet());
    Set<String> given = Taps.inputs(model);
    inputs = ordered.stream().filter(given::contains).toList();
    List<String> computed = ordered.stream().filter(tensor -> !given.contains(tensor)).toList();
    groups =
        computed.isEmpty() ? List.of() : List.of(new TapGroup(model, computed, settings.threads()));
  }

  private static Map<String, TensorStatistics> unseen(
      Collection<String> tensors, CalibrationSettings settings) {
    Map<String, TensorStatistics> unseen = new LinkedHashMap<>();
    tensors.forEach(tensor -> unseen.put(tensor, TensorStatistics.empty(settings.momentum())));
    return unseen;
  }

  /**
   * Runs the model on one sample and counts what it finds. If it fails, some tensors may have been
   * counted.
   *
   * @throws InvalidModelException if the model fails on the sample, or a tensor holds whole numbers
   */
  public void observe(Sample sample) {
    if (closed) {
      throw new IllegalStateException("The calibrator is closed");
    }
    for (TapGroup group : groups) {
      group.run(sample, this::count);
    }
    for (String input : inputs) {
      TensorValue value = sample.inputs().get(input);
      if (value == null) {
        throw new InvalidModelException(
            "The sample lacks the input %s; it has %s".formatted(input, sample.inputs().keySet()));
      }
      count(input, value);
    }
    samples++;
    groups =
        groups.stream().flatMap(group -> group.within(settings.maxTapBytes()).stream()).toList();
  }

  private void count(String tensor, TensorValue value) {
    TensorStatistics counted = statistics.get(tensor);
    if (counted == null) {
      throw new IllegalStateException("Nobody asked for " + tensor);
    }
    if (!value.isFloat()) {
      throw new InvalidModelException("%s holds whole numbers, not activations".formatted(tensor));
    }
    if (fade < 1) {
      counted.fade(fade);
    }
    counted.add(value.floats());
  }

  /** How many samples were observed. */
  public long samples() {
    return samples;
  }

  /** The ranges for what was observed so far, as {@link CalibrationState#ranges} says. */
  public ActivationRanges ranges() {
    return new CalibrationState(statistics, samples).ranges(settings);
  }

  /** A copy of what was observed so far. */
  public CalibrationState state() {
    return new CalibrationState(new CalibrationState(statistics, samples).copies(), samples);
  }

  /** Size of what is kept of the samples; the same however many there were. */
  public long stateBytes() {
    return new CalibrationState(statistics, samples).stateBytes();
  }

  /** Number of runs of the model per sample. */
  int runsPerSample() {
    return groups.size();
  }

  @Override
  public void close() {
    closed = true;
    groups.forEach(TapGroup::close);
  }
}
