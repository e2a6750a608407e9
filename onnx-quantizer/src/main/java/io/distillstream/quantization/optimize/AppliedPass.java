package io.distillstream.quantization.optimize;

/**
 * What one kind of simplification did to a graph.
 *
 * @param name what reports call it
 * @param count how often it applied
 */
public record AppliedPass(String name, int count) {
  public AppliedPass {
    if (count < 1) {
      throw new IllegalArgumentException(
          "A pass that is listed applied at least once, %s did %d times".formatted(name, count));
    }
  }
}
