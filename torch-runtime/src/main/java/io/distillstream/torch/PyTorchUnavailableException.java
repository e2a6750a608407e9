package io.distillstream.torch;

/** This machine cannot load PyTorch, such as for want of a library. The message says why. */
public final class PyTorchUnavailableException extends RuntimeException {

  PyTorchUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
