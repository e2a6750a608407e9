package io.distillstream.benchmarks.quantize;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.source.SamplesFrom;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.optimize.Optimization;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A small convolutional classifier of digits that others trained (Tribuo's test resource {@code
 * cnn_mnist.onnx}), on images of a file or on {@linkplain DrawnDigits drawn} ones.
 */
final class ImagePart {
  private static final List<String> SCHEMES =
      List.of(
          "--scheme=int8-static",
          "--scheme=int8-dynamic",
          "--scheme=int8-weights",
          "--timed-samples=0");

  /** Its layers are so small that one of four stays by default. */
  private static final String EVERY_LAYER = "--min-saved-bytes=0";

  private static final int MEASURED = 1_000;
  private static final int TIMED = 100;
  private static final int ROUNDS = 20;
  private static final long SEED = 42;

  private final Workspace workspace;
  private final PrintWriter out;

  ImagePart(Workspace workspace, PrintWriter out) {
    this.workspace = workspace;
    this.out = out;
  }

  /**
   * Quantizes and measures.
   *
   * @param images samples of the model with labels, of which the first are calibrated on
   */
  void run(Optional<Path> images) throws IOException {
    Path model = workspace.resource("/org/tribuo/interop/onnx/cnn_mnist.onnx");
    OnnxModel fp32 = OnnxModel.read(model);
    Path file = images.isPresent() ? images.get() : drawn(fp32.inputs().get(0).name());
    out.println("images: " + images.map(Path::toString).orElse("drawn digits, made up"));
    DefaultQuantizer.Made made = quantized(model, file, SCHEMES);
    made.quantization().optimization().map(ImagePart::describe).ifPresent(out::println);
    List<MeasuredModel> candidates = new ArrayList<>(MeasuredModel.of(made.quantization()));
    List<String> everyLayer =
        Stream.concat(SCHEMES.stream(), Stream.of(EVERY_LAYER, "--max-fallback-layers=0")).toList();
    MeasuredModel.of(quantized(model, file, everyLayer).quantization()).stream()
        .skip(1)
        .map(all -> new MeasuredModel(all.name() + ", " + EVERY_LAYER, all.model()))
        .forEach(candidates::add);
    compare(candidates, measured(file, fp32));
  }

  private DefaultQuantizer.Made quantized(Path model, Path images, List<String> schemes)
      throws IOException {
    return DefaultQuantizer.quantize(
        model,
        workspace.file("cnn.chosen.onnx"),
        List.of("--calibration", images.toString()),
        schemes);
  }

  private Path drawn(String input) throws IOException {
    return workspace.lines(
        "digits.jsonl",
        DrawnDigits.samples(input, DefaultQuantizer.CALIBRATED_AND_JUDGED + MEASURED, SEED));
  }

  private static String describe(Optimization optimization) {
    return "graph: %d nodes, %d after %s"
        .formatted(
            optimization.nodesBefore(),
            optimization.nodesAfter(),
            optimization.applied().stream().map(pass -> pass.name() + " " + pass.count()).toList());
  }

  private static List<LabelledSample> measured(Path file, OnnxModel model) throws IOException {
    try (Stream<LabelledSample> all =
        SamplesFrom.file(file, model, SampleOptions.DEFAULT).stream()) {
      return all.skip(DefaultQuantizer.CALIBRATED_AND_JUDGED).limit(MEASURED).toList();
    }
  }

  private void compare(List<MeasuredModel> candidates, List<LabelledSample> images) {
    List<Sample> samples = images.stream().map(LabelledSample::sample).toList();
    List<Integer> truth = images.stream().map(image -> image.label().orElse(-1)).toList();
    List<Sample> timed = samples.subList(0, Math.min(TIMED, samples.size()));
    List<Turns> turns = new ArrayList<>();
    for (int threads : new int[] {1, 2}) {
      turns.add(MeasuredModel.time(candidates, timed, threads, ROUNDS));
    }
    List<Integer> original = candidates.get(0).classes(samples);
    out.println();
    out.println(
        "| model | bytes | of fp32 | accuracy | agreement with fp32 | speed-up, 1 thread (ms) |"
            + " 2 threads |");
    out.println("|---|---|---|---|---|---|---|");
    for (int row = 0; row < candidates.size(); row++) {
      MeasuredModel candidate = candidates.get(row);
      List<Integer> classes = candidate.classes(samples);
      out.printf(
          Locale.ROOT,
          "| %s | %,d | %.1f %% | %.4f | %.4f | ×%.2f (%.4f) | ×%.2f (%.4f) |%n",
          candidate.name(),
          candidate.model().sizeBytes(),
          100.0 * candidate.model().sizeBytes() / candidates.get(0).model().sizeBytes(),
          MeasuredModel.agreement(classes, truth),
          MeasuredModel.agreement(classes, original),
          1 / turns.get(0).ratio(row, 0),
          turns.get(0).medianMillis(row),
          1 / turns.get(1).ratio(row, 0),
          turns.get(1).medianMillis(row));
    }
    out.println();
    out.flush();
  }
}
