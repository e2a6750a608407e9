package io.distillstream.wire;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells what passes by itself from what does not. */
public final class Outages {
  private Outages() {}

  /**
   * Whether brokers or registry did not answer, or not in time, or failed in a way that has no name
   * of its own, as an overloaded broker does; asking again may help.
   */
  public static boolean explain(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof RetriableException
          || (t.getClass().equals(KafkaException.class) && t.getCause() == null)
          || t instanceof ClusterUnavailableException
          || t instanceof RegistryUnavailableException) {
        return true;
      }
    }
    return false;
  }
}
