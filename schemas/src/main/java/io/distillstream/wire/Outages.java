package io.distillstream.wire;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells what passes by itself from what does not. */
public final class Outages {
  /** What a client says that is made while no name of a broker can be resolved. */
  private static final String NO_ADDRESS = "No resolvable bootstrap urls";

  private Outages() {}

  /**
   * Whether brokers or registry did not answer, or not in time, or failed in a way that has no name
   * of its own, as an overloaded broker does; or their names cannot be resolved, as those of
   * containers that are away. Asking again may help.
   */
  public static boolean explain(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof RetriableException
          || (t.getClass().equals(KafkaException.class) && t.getCause() == null)
          || (t instanceof ConfigException && String.valueOf(t.getMessage()).startsWith(NO_ADDRESS))
          || t instanceof ClusterUnavailableException
          || t instanceof RegistryUnavailableException) {
        return true;
      }
    }
    return false;
  }
}
