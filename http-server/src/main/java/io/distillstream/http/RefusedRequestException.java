package io.distillstream.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An HTTP request that is answered with an error: its status, and what the JSON body says. */
public final class RefusedRequestException extends Exception {

  private static final long serialVersionUID = 1;

  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY = 429;
  public static final int UNAVAILABLE = 503;

  private static final int TOO_SLOW = 408;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int status;
  private final transient Map<String, Object> body = new LinkedHashMap<>();
  private final transient Map<String, String> headers = new LinkedHashMap<>();

  /**
   * @param details further entries of the JSON answer
   */
  public RefusedRequestException(int status, String message, Map<String, ?> details) {
    // An answer and no fault: where it was decided is of no use, and costs much under overload.
    super(message, null, false, false);
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

  static RefusedRequestException overLimit(int bodyBytes) {
    return tooLarge("The body is over the limit of " + bodyBytes + " bytes");
  }

  static RefusedRequestException tooSlow(String message) {
    return new RefusedRequestException(TOO_SLOW, message, Map.of());
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

  /** Adds a header to the answer; returns this. */
  public RefusedRequestException withHeader(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Answers with this error. */
  public void answer(Context context) {
    headers.forEach(context::header);
    context.status(status).json(body);
  }

  /** Answers with this error where no route was chosen yet. */
  public void answer(Request request, Response response, Callback callback) {
    if (!request.consumeAvailable()) {
      // The rest of the body would be taken for the next request.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    write(response, callback);
  }

  /** As {@link #answer(Request, Response, Callback)}, and closes the connection. */
  void answerLast(Request request, Response response, Callback callback) {
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    write(
        response,
        Callback.from(
            () -> {
              callback.succeeded();
              request.getConnectionMetaData().getConnection().close();
            },
            callback::failed));
  }

  private void write(Response response, Callback callback) {
    headers.forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.setStatus(status);
    try {
      response.write(true, ByteBuffer.wrap(JSON.writeValueAsBytes(body)), callback);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts and numbers can be written as JSON", e);
    }
  }
}
