package io.distillstream.teacher.traffic;

/** A caller's text got no committed label; asking again with the same request id is safe. */
final class NotLabelledException extends Exception {

  private static final long serialVersionUID = 1;

  NotLabelledException(String reason) {
    super(reason);
  }
}
