package io.distillstream.trainer.engine.heap;

import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.state.AdamW;
import io.distillstream.trainer.state.AdamW.Values;
import io.distillstream.trainer.state.HeadState;
import io.distillstream.trainer.student.StudentSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The weights and moments of heads under training, as plain arrays, and their update. */
public final class HeapHeads {
  private final TrainingHeads heads;
  private final List<Parameter> parameters;
  private final Map<String, Values> values = new LinkedHashMap<>();

  /** Copies {@code state}: heads are small. */
  public HeapHeads(HeadState state, StudentSpec spec) {
    heads = state.heads();
    parameters = heads.parameters(spec);
    for (Parameter parameter : parameters) {
      String name = parameter.name();
      values.put(
          name,
          new Values(
              of(state.weights(), name).values().clone(),
              of(state.firstMoments(), name).values().clone(),
              of(state.secondMoments(), name).values().clone()));
    }
  }

  private static <T> T of(Map<String, T> map, String name) {
    T value = map.get(name);
    if (value == null) {
      throw new IllegalArgumentException("heads without " + name);
    }
    return value;
  }

  public TrainingHeads heads() {
    return heads;
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  /** The weights of one parameter; to be read only. */
  public float[] weights(Parameter parameter) {
    return of(values, parameter.name()).weights();
  }

  /**
   * Takes one step.
   *
   * @param gradients by parameter
   */
  public void update(AdamW adam, Map<String, float[]> gradients, double weightDecay) {
    for (Parameter parameter : parameters) {
      Values own = of(values, parameter.name());
      double decay = parameter.isMatrix() ? weightDecay : 0;
      adam.update(own, own, of(gradients, parameter.name()), 0, decay);
    }
  }

  /** Adds all weights and moments to a hash. */
  public void addTo(Fingerprint fingerprint) {
    for (Parameter parameter : parameters) {
      Values own = of(values, parameter.name());
      fingerprint.add(own.weights()).add(own.first()).add(own.second());
    }
  }

  /** A copy of everything. */
  public HeadState state() {
    return new HeadState(
        heads, tensors(Values::weights), tensors(Values::first), tensors(Values::second));
  }

  private Map<String, FloatTensor> tensors(Function<Values, float[]> part) {
    Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      float[] array = part.apply(of(values, parameter.name())).clone();
      tensors.put(parameter.name(), new FloatTensor(parameter.shape(), array));
    }
    return tensors;
  }
}
