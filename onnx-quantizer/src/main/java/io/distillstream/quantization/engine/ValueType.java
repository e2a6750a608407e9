package io.distillstream.quantization.engine;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a value before anything runs.
 *
 * @param element type of its elements
 * @param shape its axes, or nothing: then it is a scalar, or even its rank is unknown. An axis
 *     named {@code ?} may have any length, also another one than the next axis of that name.
 */
public record ValueType(ElementType element, Optional<List<Dimension>> shape) {
  public ValueType {
    shape = shape.map(List::copyOf);
  }

  /** Number of axes, where it is known to be at least one. */
  public OptionalInt rank() {
    return shape.map(List::size).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  /** Length of one axis where it is always the same; a negative axis counts from the end. */
  public Optional<Long> length(int axis) {
    return shape
        .filter(dims -> axis < dims.size() && axis >= -dims.size())
        .map(dims -> dims.get(axis < 0 ? axis + dims.size() : axis))
        .filter(Dimension.Fixed.class::isInstance)
        .map(dim -> ((Dimension.Fixed) dim).length());
  }

  /** Number of elements, where it is always the same. */
  public Optional<Long> elements() {
    if (shape.isEmpty()) {
      return Optional.empty();
    }
    long product = 1;
    for (Dimension dim : shape.get()) {
      if (!(dim instanceof Dimension.Fixed fixed)) {
        return Optional.empty();
      }
      product = Math.multiplyExact(product, fixed.length());
    }
    return Optional.of(product);
  }
}
