package io.distillstream.trainer.student;

import java.util.ArrayList;
import java.util.List;

/** Collects the parameters of a spec, layer by layer. */
final class ParameterList {
  private final List<Parameter> all = new ArrayList<>();

  void matrix(String name, int rows, int columns) {
    all.add(new Parameter(name, rows, columns));
  }

  void vector(String name, int length) {
    all.add(new Parameter(name, length));
  }

  /** A weight {@code [in, out]} and a bias {@code [out]}. */
  void linear(String name, int in, int out) {
    matrix(name + ".weight", in, out);
    vector(name + ".bias", out);
  }

  /** A layer norm's scale and shift. */
  void norm(String name, int width) {
    vector(name + ".scale", width);
    vector(name + ".shift", width);
  }

  /** The parts of a pre-norm transformer block. */
  void block(String prefix, int width, int headWidth, BlockShape shape) {
    int inner = Math.multiplyExact(shape.heads(), headWidth);
    norm(prefix + "attention.norm", width);
    // Query, key and value side by side: one product instead of three, here and on the device.
    linear(prefix + "attention.input", width, 3 * inner);
    linear(prefix + "attention.output", inner, width);
    norm(prefix + "feedforward.norm", width);
    linear(prefix + "feedforward.inner", width, shape.feedForward());
    linear(prefix + "feedforward.outer", shape.feedForward(), width);
  }

  List<Parameter> toList() {
    return List.copyOf(all);
  }
}
