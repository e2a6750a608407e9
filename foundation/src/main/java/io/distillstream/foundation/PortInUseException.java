package io.distillstream.foundation;

/** Another process listens where a server of ours should. */
public final class PortInUseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int port;

  /**
   * @param wantedFor the server, or the setting that names the port
   */
  public PortInUseException(String host, int port, String wantedFor, Throwable cause) {
    super(
        "Port %d on %s, wanted for %s, is in use: choose another one, or 0 for any free port"
            .formatted(port, host, wantedFor),
        cause);
    this.port = port;
  }

  /** The port that is taken. */
  public int port() {
    return port;
  }
}
