package io.distillstream.gateway.hawkbit;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;

/** Counts what clients of hawkBit's API ask for, in the metrics of a stage. Thread-safe. */
public final class HawkbitMetrics {

  private final Counter polls;
  private final Counter deployments;
  private final Counter cancellations;

  public HawkbitMetrics(StageMetrics stage) {
    polls = stage.counter("gateway_hawkbit_polls", "Polls of hawkBit clients answered.");
    deployments =
        stage.counter("gateway_hawkbit_deployments", "Deployments given to hawkBit clients.");
    cancellations =
        stage.counter(
            "gateway_hawkbit_cancellations",
            "Deployments that hawkBit clients gave up because another one replaces them.");
  }

  /** A client's question what there is to do was answered. */
  void polled() {
    polls.increment();
  }

  /** A client was told what an update consists of. */
  void deploymentServed() {
    deployments.increment();
  }

  /** A client has given up an update that another one replaces. */
  void cancelled() {
    cancellations.increment();
  }
}
