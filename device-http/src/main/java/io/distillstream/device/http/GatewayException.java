package io.distillstream.device.http;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A gateway answered, but not with what was asked for. */
public final class GatewayException extends IOException {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_QUOTE = 300;
  private static final int LONGEST_RETRY_SECONDS = 600;
  private static final int TOO_MANY = 429;

  private final int status;
  private final int retryAfterSeconds;

  GatewayException(int status, String path, @Nullable String retryAfter, String said) {
    super(
        String.format(
            "%s was answered with %d%s", path, status, said.isEmpty() ? "" : ": " + quoted(said)));
    this.status = status;
    this.retryAfterSeconds = seconds(retryAfter);
  }

  /** Of the answer, in HTTP. */
  public int status() {
    return status;
  }

  /** How long the gateway asks to wait; zero if it does not. */
  public Duration retryAfter() {
    return Duration.ofSeconds(retryAfterSeconds);
  }

  /** Whether the same request will be answered so for ever. */
  boolean isFinal() {
    return status >= HttpURLConnection.HTTP_BAD_REQUEST
        && status < HttpURLConnection.HTTP_INTERNAL_ERROR
        && status != HttpURLConnection.HTTP_UNAUTHORIZED
        && status != HttpURLConnection.HTTP_FORBIDDEN
        && status != HttpURLConnection.HTTP_NOT_FOUND
        && status != HttpURLConnection.HTTP_CLIENT_TIMEOUT
        && status != TOO_MANY;
  }

  private static String quoted(String said) {
    return said.length() <= LONGEST_QUOTE ? said : said.substring(0, LONGEST_QUOTE) + "…";
  }

  private static int seconds(@Nullable String retryAfter) {
    try {
      int seconds = retryAfter == null ? 0 : Integer.parseInt(retryAfter.trim());
      return Math.max(0, Math.min(seconds, LONGEST_RETRY_SECONDS));
    } catch (NumberFormatException e) {
      // It may be a date, which clocks that differ make worthless.
      return 0;
    }
  }
}
