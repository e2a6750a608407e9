package io.distillstream.wire;

/** The schema registry cannot be reached or refused: not the fault of the record at hand. */
public final class RegistryUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  RegistryUnavailableException(String registryUrl, Throwable cause) {
    super("Schema registry at " + registryUrl + " failed: " + cause.getMessage(), cause);
  }
}
