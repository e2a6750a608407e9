package io.distillstream.wire;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;

/** The schema registry cannot be reached or refused: not the fault of the record at hand. */
public final class RegistryUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /** What Confluent's client takes for the code of an answer that is no JSON. */
  private static final int NO_JSON = 50_005;

  RegistryUnavailableException(String registryUrl, Throwable cause) {
    super("Schema registry at " + registryUrl + " " + describe(cause), cause);
  }

  private static String describe(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof RestClientException answer) {
        if (answer.getStatus() == UNAUTHORIZED || answer.getStatus() == FORBIDDEN) {
          return "refuses the login with %d; cluster.registry-properties names a file with one"
              .formatted(answer.getStatus());
        }
        if (answer.getErrorCode() == NO_JSON) {
          return "answers with %d and nothing of a registry's; cluster.registry-url says where it is"
              .formatted(answer.getStatus());
        }
      }
    }
    return "failed: " + cause.getMessage();
  }
}
