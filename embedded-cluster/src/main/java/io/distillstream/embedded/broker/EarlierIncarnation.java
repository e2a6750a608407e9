package io.distillstream.embedded.broker;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;

/**
 * The broker that had a data folder before. Where it was killed, the controller would wait for the
 * end of its session before it lets the next one in.
 */
final class EarlierIncarnation {
  /** A controller elects itself, once it has read its log. */
  private static final Duration ELECTION = Duration.ofMinutes(2);

  private static final Duration POLL = Duration.ofMillis(20);

  private EarlierIncarnation() {}

  /**
   * Unregisters it, if it is registered. It must be known to have gone.
   *
   * @param failed whether the controller has met a fault that it does not survive
   * @throws TimeoutException if the controller does not take over
   * @throws ExecutionException if the controller refuses
   */
  static void unregister(Controller controller, int node, BooleanSupplier failed)
      throws ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + ELECTION.toNanos();
    while (!isUnregistered(controller, node)) {
      if (failed.getAsBoolean() || System.nanoTime() - deadline > 0) {
        throw new TimeoutException("The controller has not taken over");
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Whether the controller has taken over, and knows no such broker any more. */
  private static boolean isUnregistered(Controller controller, int node)
      throws ExecutionException, InterruptedException {
    ControllerRequestContext itself =
        new ControllerRequestContext(
            new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
    try {
      controller.unregisterBroker(itself, node).get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BrokerIdNotRegisteredException) {
        return true;
      }
      if (e.getCause() instanceof NotControllerException) {
        return false;
      }
      throw e;
    }
  }
}
