package io.distillstream.quantization.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.data.source.SamplesFrom;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealModelsIT {
  private static final Set<String> PRODUCTS = Set.of("MatMul", "Gemm", "Conv");
  private static final List<String> SUBJECTS =
      List.of(
          "the committee",
          "an old friend",
          "my neighbour's dog",
          "the new 3.5-litre engine",
          "a flock of geese",
          "nobody",
          "the court of appeal",
          "her second novel");
  private static final List<String> PREDICATES =
      List.of(
          "was late again.",
          "could not be persuaded to stay for dinner!",
          "costs 40% more than last year's",
          "is, as they say, \"work in progress\"");

  @TempDir Path folder;

  @Test
  void shouldFindSaneRangesInASentenceEncoder() throws IOException {
    OnnxModel model = OnnxModel.read(resource("/all-minilm-l6-v2.onnx", "model.onnx"));
    Path tokenizer = resource("/all-minilm-l6-v2-tokenizer.json", "tokenizer.json");
    Path texts =
        Files.write(
            folder.resolve("texts.jsonl"),
            SUBJECTS.stream()
                .flatMap(subject -> PREDICATES.stream().map(end -> subject + " " + end))
                .map(text -> "{\"text\": \"%s\"}".formatted(text.replace("\"", "\\\"")))
                .toList());
    Samples samples =
        SamplesFrom.file(texts, model, SampleOptions.DEFAULT.withTokenizer(tokenizer));

    CalibrationState state = calibrate(model, samples);

    assertThat(state.samples()).isEqualTo(32);
    // Six layers: query, key, value, output and two feed-forward products, and the two of
    // attention.
    assertThat(state.tensors()).hasSize(6 * 6);
    assertSane(state);
  }

  @Test
  void shouldFindSaneRangesInAnImageClassifier() throws IOException {
    OnnxModel model =
        OnnxModel.read(resource("/org/tribuo/interop/onnx/cnn_mnist.onnx", "model.onnx"));

    CalibrationState state = calibrate(model, SamplesFrom.random(model, SampleOptions.DEFAULT, 32));

    assertThat(state.tensors()).contains("input_image").hasSize(4);
    assertThat(state.histogram("input_image").orElseThrow().total()).isEqualTo(32 * 28 * 28);
    assertSane(state);
  }

  private static CalibrationState calibrate(OnnxModel model, Samples samples) throws IOException {
    Set<String> tensors =
        model.nodes().stream()
            .filter(node -> PRODUCTS.contains(node.getOpType()))
            .map(NodeProto::getInputList)
            .map(inputs -> inputs.get(0))
            .collect(Collectors.toSet());
    CalibrationSettings settings =
        CalibrationSettings.of(CalibrationMethod.MIN_MAX).withMaxTapBytes(1 << 20);
    try (Calibrator calibrator = new Calibrator(model, tensors, settings);
        Stream<LabelledSample> stream = samples.stream()) {
      for (Iterator<LabelledSample> all = stream.iterator(); all.hasNext(); ) {
        calibrator.observe(all.next().sample());
      }
      return calibrator.state();
    }
  }

  private static void assertSane(CalibrationState state) {
    ActivationRanges all = state.ranges(CalibrationSettings.of(CalibrationMethod.MIN_MAX));
    for (CalibrationMethod method : CalibrationMethod.values()) {
      ActivationRanges ranges = state.ranges(CalibrationSettings.of(method));
      for (String tensor : state.tensors()) {
        Range range = ranges.of(tensor).orElseThrow();
        Histogram histogram = state.histogram(tensor).orElseThrow();
        assertThat(all.of(tensor).orElseThrow().contains(range)).isTrue();
        assertThat(range.contains(Range.ZERO)).isTrue();
        assertThat(range.max()).isGreaterThan(range.min());
        assertThat(histogram.masks()).isZero();
        // A quantized tensor keeps most of what it says, whatever the method.
        assertThat(histogram.meanSquaredError(range, 256))
            .isLessThan(0.5 * histogram.meanSquaredError(1, 0, 1));
      }
    }
    ActivationRanges best = state.ranges(CalibrationSettings.of(CalibrationMethod.MSE));
    for (String tensor : state.tensors()) {
      Histogram histogram = state.histogram(tensor).orElseThrow();
      assertThat(histogram.meanSquaredError(best.of(tensor).orElseThrow(), 256))
          .isLessThanOrEqualTo(histogram.meanSquaredError(all.of(tensor).orElseThrow(), 256))
          .isLessThan(0.02 * histogram.meanSquaredError(1, 0, 1));
    }
  }

  private Path resource(String name, String as) throws IOException {
    try (InputStream in = RealModelsIT.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new NoSuchFileException(name, null, "not on the class path");
      }
      Path file = folder.resolve(as);
      Files.copy(in, file);
      return file;
    }
  }
}
