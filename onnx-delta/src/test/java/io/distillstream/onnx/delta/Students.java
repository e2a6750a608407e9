package io.distillstream.onnx.delta;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A word table in 8 bits whose rows are looked up and scaled, as the quantizer writes it. */
final class Students {
  static final int WIDTH = 64;

  private final byte[] table;
  private final float[] scales = new float[WIDTH];
  private final float[] weights;

  Students(int words, long seed) {
    Random random = new Random(seed);
    weights = new float[words * WIDTH];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    table = new byte[weights.length];
    quantize(1);
  }

  /**
   * Trains some words a little.
   *
   * @param share of the words
   * @param scale factor on all scales
   */
  void train(double share, float scale, long seed) {
    Random random = new Random(seed);
    for (int row = 0; row < weights.length / WIDTH; row++) {
      boolean used = random.nextDouble() < share;
      for (int i = row * WIDTH; used && i < (row + 1) * WIDTH; i++) {
        weights[i] += (float) (0.01 * random.nextGaussian());
      }
    }
    quantize(scale);
  }

  private void quantize(float scale) {
    for (int c = 0; c < WIDTH; c++) {
      scales[c] = scale * 5f / 127;
    }
    for (int i = 0; i < weights.length; i++) {
      table[i] = (byte) Math.max(-127, Math.min(127, Math.rint(weights[i] / scales[i % WIDTH])));
    }
  }

  OnnxModel model(Map<String, String> metadata) {
    return model(metadata, new float[WIDTH]);
  }

  /**
   * @param bias added to each vector
   */
  OnnxModel model(Map<String, String> metadata, float[] bias) {
    GraphBuilder graph =
        GraphBuilder.named("student")
            .input("ids", ElementType.INT64, Dimension.of("tokens"))
            .initializer(Tensor.int8("embedding/int8", table.clone(), table.length / WIDTH, WIDTH))
            .initializer(Tensor.float32("embedding/int8/scales", scales.clone(), WIDTH))
            .initializer(Tensor.float32("bias", bias, WIDTH));
    String found = graph.node("Gather", List.of("embedding/int8", "ids"), "found");
    String cast = graph.node("Cast", List.of(found), "cast", Attribute.castTo(ElementType.FLOAT32));
    String scaled = graph.node("Mul", List.of(cast, "embedding/int8/scales"), "scaled");
    graph.node("Add", List.of(scaled, "bias"), "y");
    return graph
        .output("y", ElementType.FLOAT32, Dimension.of("tokens"), Dimension.of(WIDTH))
        .build(metadata);
  }
}
