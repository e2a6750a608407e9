package io.distillstream.quantization;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.calibrate.Calibrator;
import io.distillstream.quantization.engine.Sample;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
   * @param samples opened once and closed, never held all at once
   * @param most samples that are looked at
   */
  static ActivationSource of(
      Supplier<Stream<Sample>> samples, long most, CalibrationSettings settings) {
    return (model, tensors, progress) -> {
      try (Stream<Sample> stream = samples.get();
          Calibrator calibrator = new Calibrator(model, tensors, settings)) {
        Iterator<Sample> next = stream.limit(most).iterator();
        while (next.hasNext()) {
          calibrator.observe(next.next());
          progress.at("calibrating", calibrator.samples(), most);
        }
        return calibrator.samples() == 0 ? Optional.empty() : Optional.of(calibrator.state());
      }
    };
  }
}
