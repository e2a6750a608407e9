package io.distillstream.wire;

import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/** Says in one line why brokers do not let a client in, and where its login stands. */
public final class LoginRefusal {

  private static final String WHERE = "cluster.client-properties names the file with it";

  private LoginRefusal() {}

  /** Why the brokers refuse the login; empty where it is something else that they refuse. */
  public static Optional<String> explain(ClusterConnection cluster, Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SslAuthenticationException) {
        return Optional.of(
            ("Kafka at %s and this client do not agree on TLS: %s; ssl.* are in the file that"
                    + " cluster.client-properties names")
                .formatted(cluster.bootstrapServers(), rootMessage(t)));
      }
      if (t instanceof AuthenticationException) {
        return Optional.of(
            "Kafka at %s refuses the login: %s; %s"
                .formatted(cluster.bootstrapServers(), t.getMessage(), WHERE));
      }
    }
    return Optional.empty();
  }

  /** Why there is no client at all, such as for a store of keys that cannot be opened. */
  public static String unusable(ClusterConnection cluster, Throwable thrown) {
    return "No client for Kafka at %s: %s; %s"
        .formatted(
            cluster.bootstrapServers(),
            rootMessage(thrown),
            cluster.clientProperties().isEmpty()
                ? "cluster.bootstrap-servers names its brokers"
                : "cluster.client-properties names the file with its properties");
  }

  /** What to think of where nothing is answered. */
  public static String hint(ClusterConnection cluster) {
    return cluster.clientProperties().containsKey("security.protocol")
        ? ""
        : "; where its listener wants TLS or a login, cluster.client-properties names a file with"
            + " security.protocol and the rest";
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      root = t;
    }
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return message.replaceAll("\\s*\\R\\s*", " ");
  }
}
