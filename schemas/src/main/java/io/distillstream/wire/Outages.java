package io.distillstream.wire;

import org.apache.kafka.common.errors.RetriableException;

/** Tells what passes by itself from what does not. */
public final class Outages {
  private Outages() {}

  /** Whether brokers or registry did not answer, or not in time; asking again may help. */
  public static boolean explain(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof RetriableException
          || t instanceof ClusterUnavailableException
          || t instanceof RegistryUnavailableException) {
        return true;
      }
    }
    return false;
  }
}
