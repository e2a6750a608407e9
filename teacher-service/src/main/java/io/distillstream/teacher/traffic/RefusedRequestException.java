package io.distillstream.teacher.traffic;

import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP request that is answered with an error: its status, and what the JSON body says. */
final class RefusedRequestException extends Exception {

  private static final long serialVersionUID = 1;
  static final int BAD_REQUEST = 400;
  static final int TOO_LARGE = 413;
  static final int TOO_MANY = 429;
  static final int UNAVAILABLE = 503;

  private final int status;
  private final transient Map<String, Object> body;

  private RefusedRequestException(int status, String message, Map<String, ?> details) {
    super(message);
    this.status = status;
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("error", message);
    all.putAll(details);
    this.body = all;
  }

  static RefusedRequestException badRequest(String message) {
    return new RefusedRequestException(BAD_REQUEST, message, Map.of());
  }

  /**
   * @param details further entries of the JSON answer
   */
  static RefusedRequestException badRequest(String message, Map<String, ?> details) {
    return new RefusedRequestException(BAD_REQUEST, message, details);
  }

  static RefusedRequestException tooLarge(String message) {
    return new RefusedRequestException(TOO_LARGE, message, Map.of());
  }

  static RefusedRequestException tooMany(String message) {
    return new RefusedRequestException(TOO_MANY, message, Map.of());
  }

  static RefusedRequestException unavailable(String message) {
    return new RefusedRequestException(UNAVAILABLE, message, Map.of());
  }

  int status() {
    return status;
  }

  Map<String, Object> body() {
    return body;
  }
}
