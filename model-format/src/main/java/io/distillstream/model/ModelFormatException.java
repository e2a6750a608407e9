package io.distillstream.model;

/** A model, head, tokenizer or tensor file is not what it should be. The message says where. */
public final class ModelFormatException extends RuntimeException {
  public ModelFormatException(String message) {
    super(message);
  }

  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
