package io.distillstream.quantization;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.calibrate.Calibrator;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.search.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells how a model's activations are distributed. */
@FunctionalInterface
public interface ActivationSource {
  /** Knows nothing: schemes that need ranges are left out. */
  ActivationSource NONE = (model, tensors, progress) -> Optional.empty();

  /**
   * Watches tensors of a model; empty if there is nothing to watch it on.
   *
   * @param tensors names of computed values
   */
  Optional<CalibrationState> watch(OnnxModel model, Set<String> tensors, Progress progress);

  /**
   * Runs the model on samples.
   *
   * @param samples opened once, never held all at once
   * @param most samples that are looked at
   */
  static ActivationSource of(Samples samples, long most, CalibrationSettings settings) {
    return (model, tensors, progress) -> {
      try (Stream<LabelledSample> stream = samples.stream();
          Calibrator calibrator = new Calibrator(model, tensors, settings)) {
        Iterator<LabelledSample> next = stream.limit(most).iterator();
        while (next.hasNext()) {
          calibrator.observe(next.next().sample());
          progress.at("calibrating", calibrator.samples(), most);
        }
        return calibrator.samples() == 0 ? Optional.empty() : Optional.of(calibrator.state());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + samples.description(), e);
      }
    };
  }
}
