package io.distillstream.joiner;

import java.util.Map;

/** Hears what the joiner does, on the threads that do it. */
interface JoinListener {

  void happened(JoinEvent event);

  /**
   * Several teachers were pooled.
   *
   * @param nats Jensen-Shannon divergence of their answers
   */
  default void disagreed(double nats) {}

  /**
   * Teachers were compared with the truth.
   *
   * @param accuracies teacher id to its accuracy in the partition at hand
   */
  default void measured(Map<String, Double> accuracies) {}
}
