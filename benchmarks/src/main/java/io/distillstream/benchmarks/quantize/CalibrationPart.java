package io.distillstream.benchmarks.quantize;

import io.distillstream.benchmarks.measure.MemorySample;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.calibrate.Calibrator;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.data.source.SamplesFrom;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.rewrite.WatchedValues;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What calibration holds after more and more samples. */
final class CalibrationPart {
  private final PrintWriter out;

  CalibrationPart(PrintWriter out) {
    this.out = out;
  }

  /**
   * Observes texts, and measures at powers of ten and at the end.
   *
   * @param model fp32, with a tokenizer in its metadata
   */
  void run(Path model, List<Gloss> texts) throws IOException {
    OnnxModel watched = OnnxModel.read(model);
    Samples samples =
        SamplesFrom.texts(
            texts.stream().map(Gloss::text).toList(), watched, SampleOptions.DEFAULT, "glosses");
    Set<String> tensors = activations(watched);
    out.println("| samples | tensors | state, bytes | process |");
    out.println("|---|---|---|---|");
    try (Calibrator calibrator =
            new Calibrator(watched, tensors, CalibrationSettings.of(CalibrationMethod.MSE));
        Stream<LabelledSample> stream = samples.stream()) {
      long next = 10;
      for (Iterator<LabelledSample> all = stream.iterator(); all.hasNext(); ) {
        calibrator.observe(all.next().sample());
        if (calibrator.samples() == next || !all.hasNext()) {
          row(calibrator, tensors.size());
          next *= 10;
        }
      }
    }
    out.println();
    out.flush();
  }

  /** What int8-static would watch. */
  private static Set<String> activations(OnnxModel model) {
    return WatchedValues.of(QuantizableLayers.of(model));
  }

  private void row(Calibrator calibrator, int tensors) {
    out.printf(
        Locale.ROOT,
        "| %,d | %d | %,d | %s |%n",
        calibrator.samples(),
        tensors,
        calibrator.stateBytes(),
        MemorySample.take(calibrator.samples()));
    out.flush();
  }
}
