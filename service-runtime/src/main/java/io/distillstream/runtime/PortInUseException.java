package io.distillstream.runtime;

/** Another process listens where this one should. */
public final class PortInUseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public PortInUseException(String host, int port, String portSetting, Throwable cause) {
    super(
        "Port "
            + port
            + " on "
            + host
            + " is in use; choose another with "
            + portSetting
            + " (0 takes any free one)",
        cause);
  }
}
