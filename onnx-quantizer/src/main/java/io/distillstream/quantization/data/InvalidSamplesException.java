package io.distillstream.quantization.data;

/** Data cannot be read as samples of the model; says where, and what would be accepted. */
public final class InvalidSamplesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidSamplesException(String message) {
    super(message);
  }

  public InvalidSamplesException(String message, Throwable cause) {
    super(message, cause);
  }
}
