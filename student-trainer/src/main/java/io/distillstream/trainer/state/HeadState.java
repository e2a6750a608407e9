package io.distillstream.trainer.state;

import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
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
    TrainingHeads heads,
    Map<String, FloatTensor> weights,
    Map<String, FloatTensor> firstMoments,
    Map<String, FloatTensor> secondMoments) {

  /** Of a student without heads. */
  public static final HeadState NONE =
      new HeadState(TrainingHeads.NONE, Map.of(), Map.of(), Map.of());

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
  static HeadState fresh(TrainingHeads heads, StudentWeights student, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    Map<String, FloatTensor> zeros = new LinkedHashMap<>();
    for (Parameter parameter : heads.parameters(student.spec())) {
      String name = parameter.name();
      weights.put(
          name,
          name.startsWith(TrainingHeads.DISTILLATION + ".")
              ? student.get(name.replace(TrainingHeads.DISTILLATION, StudentSpec.CLASSIFIER))
              : random(parameter, random));
      zeros.put(name, FloatTensor.zeros(parameter.shape()));
    }
    return new HeadState(heads, weights, zeros, zeros);
  }

  private static FloatTensor random(Parameter parameter, SplittableRandom random) {
    float[] values = new float[parameter.size()];
    if (parameter.isMatrix()) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() / Math.sqrt(parameter.rows()));
      }
    }
    return new FloatTensor(parameter.shape(), values);
  }

  /** These heads where they are wanted and of the wanted shape, fresh ones otherwise. */
  HeadState adapted(TrainingHeads wanted, StudentWeights student, long seed) {
    HeadState fresh = fresh(wanted, student, seed);
    return new HeadState(
        wanted,
        kept(fresh.weights, weights),
        kept(fresh.firstMoments, firstMoments),
        kept(fresh.secondMoments, secondMoments));
  }

  private static Map<String, FloatTensor> kept(
      Map<String, FloatTensor> fresh, Map<String, FloatTensor> old) {
    Map<String, FloatTensor> result = new LinkedHashMap<>(fresh);
    result.replaceAll(
        (name, tensor) -> {
          FloatTensor before = old.get(name);
          return before != null && before.hasShape(tensor.shape()) ? before : tensor;
        });
    return result;
  }

  /**
   * The student as devices get it: its classifier is the mean of classifier and distillation head,
   * where there is one.
   */
  public StudentWeights deployed(StudentWeights student) {
    if (!heads.has(TrainingHeads.DISTILLATION)) {
      return student;
    }
    return new StudentWeights(
        student.spec(),
        parameter -> {
          FloatTensor own = student.get(parameter.name());
          FloatTensor other =
              weights.get(
                  parameter
                      .name()
                      .replace(StudentSpec.CLASSIFIER + ".", TrainingHeads.DISTILLATION + "."));
          return other == null ? own : mean(own, other);
        });
  }

  private static FloatTensor mean(FloatTensor a, FloatTensor b) {
    float[] values = a.values().clone();
    float[] other = b.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] + other[i]) / 2;
    }
    return new FloatTensor(a.shape(), values);
  }

  /** Adds every tensor under {@code weights.*}, {@code adam.first.*} and {@code adam.second.*}. */
  void addTo(Map<String, FloatTensor> tensors) {
    weights.forEach((name, tensor) -> tensors.put("weights." + name, tensor));
    firstMoments.forEach((name, tensor) -> tensors.put("adam.first." + name, tensor));
    secondMoments.forEach((name, tensor) -> tensors.put("adam.second." + name, tensor));
  }

  /**
   * The inverse of {@link #addTo}.
   *
   * @throws IllegalArgumentException naming a tensor that is absent or of another shape
   */
  static HeadState from(TrainingHeads heads, StudentSpec spec, Map<String, FloatTensor> tensors) {
    Map<String, FloatTensor> weights = new LinkedHashMap<>();
    Map<String, FloatTensor> first = new LinkedHashMap<>();
    Map<String, FloatTensor> second = new LinkedHashMap<>();
    for (Parameter parameter : heads.parameters(spec)) {
      weights.put(parameter.name(), tensor(tensors, "weights.", parameter));
      first.put(parameter.name(), tensor(tensors, "adam.first.", parameter));
      second.put(parameter.name(), tensor(tensors, "adam.second.", parameter));
    }
    return new HeadState(heads, weights, first, second);
  }

  private static FloatTensor tensor(
      Map<String, FloatTensor> tensors, String prefix, Parameter parameter) {
    FloatTensor tensor = tensors.get(prefix + parameter.name());
    if (tensor == null || !tensor.hasShape(parameter.shape())) {
      throw new IllegalArgumentException(
          "expected %s as %s%s, got %s".formatted(parameter, prefix, parameter.name(), tensor));
    }
    return tensor;
  }
}
