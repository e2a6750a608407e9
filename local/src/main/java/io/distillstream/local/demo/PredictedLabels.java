package io.distillstream.local.demo;

import java.util.List;

/**
 * What one model answered to a list of texts.
 *
 * @param labels the most probable class of each text
 */
record PredictedLabels(List<String> labels) {

  public PredictedLabels {
    labels = List.copyOf(labels);
  }

  /** Share of texts for which another model, or the truth, says the same; in [0, 1]. */
  public double agreementWith(List<String> others) {
    if (labels.size() != others.size() || labels.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot compare " + labels.size() + " answers with " + others.size());
    }
    int same = 0;
    for (int i = 0; i < labels.size(); i++) {
      same += labels.get(i).equals(others.get(i)) ? 1 : 0;
    }
    return (double) same / labels.size();
  }
}
