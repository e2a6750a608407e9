package io.distillstream.teacher.queue;

/**
 * A caller's text got no label, or none that was committed; asking again with the same request id
 * is safe.
 */
public final class NotLabelledException extends Exception {

  private static final long serialVersionUID = 1;

  public NotLabelledException(String reason) {
    super(reason);
  }
}
