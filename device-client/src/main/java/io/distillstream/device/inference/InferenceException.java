package io.distillstream.device.inference;

/** ONNX Runtime failed on a model that had been accepted. */
public final class InferenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InferenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
