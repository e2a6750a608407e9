package io.distillstream.embedded.broker;

/** A port that was asked for belongs to somebody else. */
public final class PortInUseException extends RuntimeException {

  private final int port;

  public PortInUseException(int port, String wantedFor, Throwable cause) {
    super(
        "Port "
            + port
            + ", wanted for the "
            + wantedFor
            + ", is in use: choose another one, or 0 for any free port",
        cause);
    this.port = port;
  }

  public int port() {
    return port;
  }
}
