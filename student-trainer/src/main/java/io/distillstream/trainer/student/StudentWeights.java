package io.distillstream.trainer.student;

import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** One tensor for every parameter of a {@link StudentSpec}: weights, or one of their moments. */
public final class StudentWeights {
  /** Owner of arrays that are never given back. */
  public static final Runnable NOBODY = () -> {};

  private final StudentSpec spec;
  private final Map<String, FloatTensor> tensors = new LinkedHashMap<>();
  private final Runnable owner;

  /**
   * Asks {@code source} for each parameter in the spec's order.
   *
   * @throws IllegalArgumentException if a tensor is absent or has another shape
   */
  public StudentWeights(StudentSpec spec, Function<Parameter, FloatTensor> source) {
    this(spec, source, NOBODY);
  }

  /**
   * Of arrays that are lent.
   *
   * @param owner is told, on whatever thread, once {@link #moveTo} has given the arrays back
   */
  public StudentWeights(StudentSpec spec, Function<Parameter, FloatTensor> source, Runnable owner) {
    this.spec = spec;
    this.owner = owner;
    for (Parameter parameter : spec.parameters()) {
      FloatTensor tensor = source.apply(parameter);
      if (tensor == null || !tensor.hasShape(parameter.shape())) {
        throw new IllegalArgumentException("expected %s, got %s".formatted(parameter, tensor));
      }
      tensors.put(parameter.name(), tensor);
    }
  }

  public static StudentWeights zeros(StudentSpec spec) {
    return new StudentWeights(spec, parameter -> FloatTensor.zeros(parameter.shape()));
  }

  public StudentSpec spec() {
    return spec;
  }

  public FloatTensor get(String parameter) {
    FloatTensor tensor = tensors.get(parameter);
    if (tensor == null) {
      throw new IllegalArgumentException(
          "no parameter " + parameter + " among " + tensors.keySet());
    }
    return tensor;
  }

  /** The rows of the row table, not copied. */
  public float[][] tableRows() {
    return get(spec.table().name()).rows();
  }

  /** Whether any tensor is on the heap, so that its arrays may have other readers. */
  public boolean isOnHeap() {
    return tensors.values().stream().anyMatch(FloatTensor::isOnHeap);
  }

  /**
   * Drops all arrays in favour of sources with the same values. No one may read an array any more
   * that was got from here before: its owner writes to it again.
   *
   * @param sources by the parameter's name
   */
  public void moveTo(Function<String, FloatTensor.Source> sources) {
    tensors.forEach((name, tensor) -> tensor.moveTo(sources.apply(name)));
    owner.run();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StudentWeights that
        && spec.equals(that.spec)
        && tensors.equals(that.tensors);
  }

  @Override
  public int hashCode() {
    return tensors.hashCode();
  }
}
