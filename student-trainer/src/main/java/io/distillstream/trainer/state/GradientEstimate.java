package io.distillstream.trainer.state;

import io.distillstream.trainer.parameter.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What AdamW's moments tell of a student's gradients. */
public final class GradientEstimate {
  private GradientEstimate() {}

  /**
   * How much each matrix matters to the loss: the mean square of its gradient by a weight of that
   * matrix, as AdamW's second moments estimate it; by parameter. Empty before the first step.
   */
  public static Map<String, Double> squares(StudentState state) {
    Map<String, Double> squares = new LinkedHashMap<>();
    double weight = AdamW.secondMomentWeight(state.progress().steps());
    for (Parameter parameter : state.spec().parameters()) {
      if (parameter.isMatrix() && weight > 0) {
        double sum = 0;
        for (float moment : state.secondMoments().get(parameter.name()).values()) {
          sum += moment;
        }
        squares.put(parameter.name(), sum / parameter.size() / weight);
      }
    }
    return squares;
  }
}
