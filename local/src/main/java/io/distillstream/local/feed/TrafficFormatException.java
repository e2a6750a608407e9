package io.distillstream.local.feed;

/** A line of a traffic file that is no request. */
public final class TrafficFormatException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TrafficFormatException(String file, long line, String reason) {
    super(file + ", line " + line + ": " + reason);
  }
}
