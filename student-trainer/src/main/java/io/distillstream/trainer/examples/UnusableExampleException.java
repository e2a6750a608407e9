package io.distillstream.trainer.examples;

/** A well-formed record that this student cannot learn from; the message says why. */
final class UnusableExampleException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableExampleException(String message) {
    super(message);
  }
}
