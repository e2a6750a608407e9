package io.distillstream.device.transport;

/**
 * An artifact that can never be had as its manifest describes it; the message is fit for a report.
 */
public final class DamagedArtifactException extends Exception {

  private static final long serialVersionUID = 1L;

  public DamagedArtifactException(String message) {
    super(message);
  }

  public DamagedArtifactException(String message, Throwable cause) {
    super(message, cause);
  }
}
