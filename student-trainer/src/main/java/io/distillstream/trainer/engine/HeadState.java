package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.Heads;
import io.distillstream.trainer.student.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The weights of a student's heads and what training continues them with, by parameter.
 *
 * @param firstMoments of AdamW
 * @param secondMoments of AdamW
 */
public record HeadState(
    Heads heads,
    Map<String, Tensor> weights,
    Map<String, Tensor> firstMoments,
    Map<String, Tensor> secondMoments) {

  /** Of a student without heads. */
  public static final HeadState NONE = new HeadState(Heads.NONE, Map.of(), Map.of(), Map.of());

  public HeadState {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    firstMoments = Collections.unmodifiableMap(new LinkedHashMap<>(firstMoments));
    secondMoments = Collections.unmodifiableMap(new LinkedHashMap<>(secondMoments));
  }

  /**
   * Heads that have learned nothing yet: the distillation head begins as the classifier, so that
   * the student answers as before; the projection is drawn at random, with deviation {@code 1/√in}.
   *
   * @param student on which they sit
   * @param seed of the projection
   */
  static HeadState fresh(Heads heads, StudentWeights student, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> zeros = new LinkedHashMap<>();
    for (Parameter parameter : heads.parameters(student.spec())) {
      String name = parameter.name();
      weights.put(
          name,
          name.startsWith(Heads.DISTILLATION)
              ? student.get(name.replace(Heads.DISTILLATION, StudentSpec.CLASSIFIER))
              : random(parameter, random));
      zeros.put(name, Tensor.zeros(parameter.shape()));
    }
    return new HeadState(heads, weights, zeros, zeros);
  }

  private static Tensor random(Parameter parameter, SplittableRandom random) {
    float[] values = new float[parameter.size()];
    if (parameter.isMatrix()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() / Math.sqrt(parameter.rows()));
      }
    }
    return new Tensor(parameter.shape(), values);
  }

  /** These heads where they are wanted and of the wanted shape, fresh ones otherwise. */
  HeadState adapted(Heads wanted, StudentWeights student, long seed) {
    HeadState fresh = fresh(wanted, student, seed);
    return new HeadState(
        wanted,
        kept(fresh.weights, weights),
        kept(fresh.firstMoments, firstMoments),
        kept(fresh.secondMoments, secondMoments));
  }

  private static Map<String, Tensor> kept(Map<String, Tensor> fresh, Map<String, Tensor> old) {
    Map<String, Tensor> result = new LinkedHashMap<>(fresh);
    result.replaceAll(
        (name, tensor) -> {
          Tensor before = old.get(name);
          return before != null && before.hasShape(tensor.shape()) ? before : tensor;
        });
    return result;
  }

  /**
   * The student as devices get it: its classifier is the mean of classifier and distillation head,
   * where there is one.
   */
  StudentWeights deployed(StudentWeights student) {
    if (!heads.distillation()) {
      return student;
    }
    return new StudentWeights(
        student.spec(),
        parameter -> {
          Tensor own = student.get(parameter.name());
          Tensor other =
              weights.get(
                  parameter.name().replace(StudentSpec.CLASSIFIER + ".", Heads.DISTILLATION + "."));
          return other == null ? own : mean(own, other);
        });
  }

  private static Tensor mean(Tensor a, Tensor b) {
    float[] values = a.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] + b.values()[i]) / 2;
    }
    return new Tensor(a.shape(), values);
  }

  /** Adds every tensor under {@code weights.*}, {@code adam.first.*} and {@code adam.second.*}. */
  void addTo(Map<String, Tensor> tensors) {
    weights.forEach((name, tensor) -> tensors.put("weights." + name, tensor));
    firstMoments.forEach((name, tensor) -> tensors.put("adam.first." + name, tensor));
    secondMoments.forEach((name, tensor) -> tensors.put("adam.second." + name, tensor));
  }

  /**
   * The inverse of {@link #addTo}.
   *
   * @throws IllegalArgumentException naming a tensor that is absent or of another shape
   */
  static HeadState from(Heads heads, StudentSpec spec, Map<String, Tensor> tensors) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Map<String, Tensor> first = new LinkedHashMap<>();
    Map<String, Tensor> second = new LinkedHashMap<>();
    for (Parameter parameter : heads.parameters(spec)) {
      weights.put(parameter.name(), tensor(tensors, "weights.", parameter));
      first.put(parameter.name(), tensor(tensors, "adam.first.", parameter));
      second.put(parameter.name(), tensor(tensors, "adam.second.", parameter));
    }
    return new HeadState(heads, weights, first, second);
  }

  private static Tensor tensor(Map<String, Tensor> tensors, String prefix, Parameter parameter) {
    Tensor tensor = tensors.get(prefix + parameter.name());
    if (tensor == null || !tensor.hasShape(parameter.shape())) {
      throw new IllegalArgumentException(
          "expected %s as %s%s, got %s".formatted(parameter, prefix, parameter.name(), tensor));
    }
    return tensor;
  }
}
