package io.distillstream.quantization.graph;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.layer.Layer;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.optimize.GraphOptimizer;
import io.distillstream.quantization.optimize.OptimizerSettings;
import io.distillstream.quantization.plan.HalfMode;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.quantization.plan.SchemeOptions;
import io.distillstream.quantization.rewrite.WatchedValues;
import io.distillstream.quantization.weights.WeightForm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every scheme on models that others trained and exported. */
class RealModelsTest {
  private static final int WIDTH = 384;
  private static final List<String> SENTENCES =
      List.of(
          "the act of removing the outer covering of something",
          "a small flightless bird of the genus Apteryx",
          "having no money at the end of the month is a nuisance",
          "an instrument for measuring the humidity of the atmosphere",
          "the branch of physics that studies sound",
          "42");

  /** all-MiniLM-L6-v2: six layers of six products, two tables worth it, operator set 11. */
  @ParameterizedTest
  @CsvSource({
    "FP16, STORAGE, 0.502, 0.99999",
    "FP16, ARITHMETIC, 0.502, 0.9999",
    "INT8_DYNAMIC, STORAGE, 0.254, 0.99",
    "INT8_STATIC, STORAGE, 0.254, 0.93",
    "INT8_WEIGHTS, STORAGE, 0.268, 0.999",
    "INT4_WEIGHTS, STORAGE, 0.152, 0.94"
  })
  void shouldHoldASentenceEncoder(
      Precision precision, HalfMode half, double ratio, double similarity) throws IOException {
    OnnxModel model = read("/all-minilm-l6-v2.onnx");
    List<Sample> samples = sentences(model);
    GraphQuantizer blind = Graphs.quantizer(model, SchemeOptions.DEFAULTS);
    List<String> activations =
        blind.layers().all().stream()
            .filter(layer -> layer.use() == Layer.Use.PRODUCT)
            .flatMap(layer -> blind.layers().activations(layer).stream())
            .distinct()
            .toList();
    GraphQuantizer quantizer =
        new GraphQuantizer(
            model,
            precision == Precision.INT8_STATIC
                ? ranges(model, activations, samples)
                : new ActivationRanges(Map.of()),
            SchemeOptions.DEFAULTS.with(half));

    OnnxModel held = quantizer.apply(quantizer.plan(precision));

    assertThat(quantizer.layers().all()).hasSize(38);
    assertThat((double) held.sizeBytes() / model.sizeBytes()).isLessThan(ratio);
    try (LoadedModel expected = OnnxRuntimeModel.load(model);
        LoadedModel actual = OnnxRuntimeModel.load(held)) {
      for (Sample sample : samples) {
        assertThat(cosine(embedding(expected, sample), embedding(actual, sample)))
            .isGreaterThan(similarity);
      }
    }
  }

  /** A convolutional classifier of handwritten digits that PyTorch exported. */
  @ParameterizedTest
  @EnumSource(
      value = WeightForm.class,
      names = {"SIGNED_7_BIT", "UNSIGNED"})
  void shouldHoldAConvolutionalClassifier(WeightForm form) throws IOException {
    OnnxModel model = digits();
    Sample sample = image();
    List<String> values =
        model.nodes().stream()
            .filter(node -> !node.getOpType().equals("Constant"))
            .map(node -> node.getOutput(0))
            .toList();
    Map<String, Range> ranges = new HashMap<>(ranges(model, values, List.of(sample)).byTensor());
    ranges.put("input_image", new Range(0, 1));
    GraphQuantizer quantizer =
        new GraphQuantizer(model, new ActivationRanges(ranges), Graphs.ALL.with(form));
    float[] expected = answer(model, sample);

    for (Precision precision : Precision.values()) {
      OnnxModel held = quantizer.apply(quantizer.plan(precision));
      float[] actual = answer(held, sample);
      double bound = precision == Precision.INT4_WEIGHTS ? 0.08 : 0.01;
      assertThat(Engine.relativeError(expected, actual)).as(precision.text()).isLessThan(bound);
    }
  }

  /** From the simplified graph and the values that calibration watches, as the command has it. */
  @ParameterizedTest
  @EnumSource(WeightForm.class)
  void shouldClassifyInIntegersFromEndToEnd(WeightForm form, @TempDir Path folder)
      throws IOException {
    OnnxModel model =
        new GraphOptimizer(OptimizerSettings.DEFAULT)
            .optimize(read("/org/tribuo/interop/onnx/cnn_mnist.onnx"))
            .model();
    Set<String> watched =
        new HashSet<>(WatchedValues.of(QuantizableLayers.of(model, OptionalLong.of(0))));
    watched.remove("input_image");
    Map<String, Range> ranges =
        new HashMap<>(ranges(model, List.copyOf(watched), List.of(image())).byTensor());
    ranges.put("input_image", new Range(0, 1));
    GraphQuantizer quantizer =
        new GraphQuantizer(model, new ActivationRanges(ranges), Graphs.ALL.with(form));

    OnnxModel held = quantizer.apply(quantizer.plan(Precision.INT8_STATIC));

    // Nothing is left between the first QuantizeLinear and the last DequantizeLinear.
    assertThat(Graphs.ops(Engine.optimized(held, folder)))
        .filteredOn(op -> !op.equals("Transpose"))
        .containsExactly(
            "QuantizeLinear",
            "QLinearConv",
            "NhwcMaxPool",
            "QLinearConv",
            "NhwcMaxPool",
            "Reshape",
            "QGemm",
            "QGemm",
            "DequantizeLinear",
            "LogSoftmax");
  }

  /** What is little in the model stays: of this one the first of four layers. */
  @Test
  void shouldQuantizeNearlyAllOfASmallClassifier() throws IOException {
    GraphQuantizer quantizer = Graphs.quantizer(digits(), SchemeOptions.DEFAULTS);

    assertThat(quantizer.layers().all().stream().map(Layer::name))
        .containsExactly("conv2.weight", "fc1.weight", "fc2.weight");
  }

  private static ActivationRanges ranges(
      OnnxModel model, List<String> values, List<Sample> samples) {
    ModelProto.Builder exposed = model.proto().toBuilder();
    exposed.getGraphBuilder().clearOutput();
    values.forEach(
        value -> exposed.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(value)));
    Map<String, Range> ranges = new HashMap<>();
    try (LoadedModel loaded = OnnxRuntimeModel.load(OnnxModel.of(exposed.build()))) {
      for (Sample sample : samples) {
        loaded
            .run(sample)
            .forEach((name, value) -> ranges.merge(name, range(value), RealModelsTest::around));
      }
    }
    return new ActivationRanges(ranges);
  }

  private static Range range(TensorValue value) {
    float least = 0;
    float greatest = 0;
    for (float number : value.floats()) {
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    }
    return new Range(least, greatest);
  }

  private static Range around(Range one, Range other) {
    return new Range(Math.min(one.min(), other.min()), Math.max(one.max(), other.max()));
  }

  private static List<Sample> sentences(OnnxModel model) throws IOException {
    try (InputStream in = resource("/all-minilm-l6-v2-tokenizer.json")) {
      WordPieceTokenizer tokenizer = WordPieceTokenizer.fromTokenizerJson(in);
      List<String> inputs = model.inputs().stream().map(input -> input.name()).toList();
      return SENTENCES.stream()
          .map(sentence -> Sample.ofTokens(tokenizer.encode(sentence, 64), inputs))
          .toList();
    }
  }

  /** A bright ring on black. */
  private static Sample image() {
    float[] pixels = new float[28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      int row = i / 28;
      double radius = Math.hypot(i % 28 - 13.5, row - 13.5);
      pixels[i] = (float) Math.exp(-Math.pow(radius - 8, 2) / 4);
    }
    return new Sample(Map.of("input_image", TensorValue.of(pixels, 1, 1, 28, 28)));
  }

  /** The file says operator set 9; all it uses reads the same in 13. */
  private static OnnxModel digits() throws IOException {
    OnnxModel model = read("/org/tribuo/interop/onnx/cnn_mnist.onnx");
    ModelProto.Builder raised = model.proto().toBuilder().setIrVersion(7);
    raised.getOpsetImportBuilder(0).setVersion(13);
    return OnnxModel.of(raised.build());
  }

  private static float[] answer(OnnxModel model, Sample sample) {
    try (LoadedModel loaded = OnnxRuntimeModel.load(model)) {
      return loaded.answer(sample).floats();
    }
  }

  /** Mean over tokens. */
  private static double[] embedding(LoadedModel model, Sample sample) {
    float[] hidden = model.answer(sample).floats();
    double[] mean = new double[WIDTH];
    for (int i = 0; i < hidden.length; i++) {
      mean[i % WIDTH] += (double) hidden[i] * WIDTH / hidden.length;
    }
    return mean;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static OnnxModel read(String name) throws IOException {
    try (InputStream in = resource(name)) {
      return OnnxModel.read(in);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(RealModelsTest.class.getResourceAsStream(name), name);
  }
}
