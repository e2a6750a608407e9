package io.distillstream.runtime.http;

import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;

/** An HTTP request that is answered with an error: its status, and what the JSON body says. */
public final class RefusedRequestException extends Exception {

  private static final long serialVersionUID = 1;

  public static final int BAD_REQUEST = 400;
  public static final int TOO_LARGE = 413;
  public static final int TOO_MANY = 429;
  public static final int UNAVAILABLE = 503;

  static final int FORBIDDEN = 403;
  static final int UNSUPPORTED_TYPE = 415;
  static final int MISDIRECTED = 421;

  private final int status;
  private final transient Map<String, Object> body = new LinkedHashMap<>();
  private final transient Map<String, String> headers = new LinkedHashMap<>();

  RefusedRequestException(int status, String message, Map<String, ?> details) {
    super(message);
    this.status = status;
    body.put("error", message);
    body.putAll(details);
  }

  public static RefusedRequestException badRequest(String message) {
    return badRequest(message, Map.of());
  }

  /**
   * A request that cannot be understood.
   *
   * @param details further entries of the JSON answer
   */
  public static RefusedRequestException badRequest(String message, Map<String, ?> details) {
    return new RefusedRequestException(BAD_REQUEST, message, details);
  }

  public static RefusedRequestException tooLarge(String message) {
    return new RefusedRequestException(TOO_LARGE, message, Map.of());
  }

  /**
   * A request that there is no room for just now.
   *
   * @param retrySeconds when there may be room again
   */
  public static RefusedRequestException tooMany(String message, int retrySeconds) {
    return new RefusedRequestException(TOO_MANY, message, Map.of())
        .withHeader("Retry-After", Integer.toString(retrySeconds));
  }

  /**
   * A request that cannot be answered just now.
   *
   * @param retrySeconds when it may be again
   */
  public static RefusedRequestException unavailable(String message, int retrySeconds) {
    return unavailable(message, retrySeconds, Map.of());
  }

  /**
   * The same.
   *
   * @param details further entries of the JSON answer
   */
  public static RefusedRequestException unavailable(
      String message, int retrySeconds, Map<String, ?> details) {
    return new RefusedRequestException(UNAVAILABLE, message, details)
        .withHeader("Retry-After", Integer.toString(retrySeconds));
  }

  RefusedRequestException withHeader(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Answers with this error. */
  public void answer(Context context) {
    headers.forEach(context::header);
    context.status(status).json(body);
  }
}
