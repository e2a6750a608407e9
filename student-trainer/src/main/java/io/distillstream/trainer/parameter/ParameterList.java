package io.distillstream.trainer.parameter;

import java.util.ArrayList;
import java.util.List;

/** Collects the parameters of a spec, layer by layer. */
public final class ParameterList {
  private final List<Parameter> all = new ArrayList<>();

  public void matrix(String name, int rows, int columns) {
    all.add(new Parameter(name, rows, columns));
  }

  void vector(String name, int length) {
    all.add(new Parameter(name, length));
  }

  /** A weight {@code [in, out]} and a bias {@code [out]}. */
  public void linear(String name, int in, int out) {
    matrix(name + ".weight", in, out);
    vector(name + ".bias", out);
  }

  /** A layer norm's scale and shift. */
  public void norm(String name, int width) {
    vector(name + ".scale", width);
    vector(name + ".shift", width);
  }

  public List<Parameter> toList() {
    return List.copyOf(all);
  }
}
