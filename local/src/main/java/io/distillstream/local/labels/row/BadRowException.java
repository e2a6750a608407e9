package io.distillstream.local.labels.row;

/** A row that is no label; the message says what is wrong with it and what would be accepted. */
public final class BadRowException extends Exception {

  private static final long serialVersionUID = 1;

  public BadRowException(String message) {
    super(message);
  }
}
