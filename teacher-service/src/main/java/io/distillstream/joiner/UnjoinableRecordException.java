package io.distillstream.joiner;

/** A record that can be read but not joined. */
final class UnjoinableRecordException extends Exception {

  private static final long serialVersionUID = 1;

  UnjoinableRecordException(String reason) {
    super(reason);
  }
}
