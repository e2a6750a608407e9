package io.distillstream.gateway.http;

import io.distillstream.http.RefusedRequestException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Passes on only requests that carry the token, as {@code Authorization: Bearer TOKEN}. */
public final class AccessToken extends Handler.Wrapper {

  private static final int UNAUTHORIZED = 401;
  private static final String SCHEME = "Bearer ";

  private final Optional<byte[]> token;

  /**
   * @param token empty where everybody may ask
   */
  public AccessToken(Optional<String> token) {
    this.token = token.map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (token.isPresent() && !carries(request, token.get())) {
      new RefusedRequestException(
              UNAUTHORIZED,
              "Expected the gateway's token, as Authorization: Bearer TOKEN",
              Map.of())
          .withHeader("WWW-Authenticate", "Bearer")
          .answer(request, response, callback);
      return true;
    }
    return super.handle(request, response, callback);
  }

  /** In a time that does not tell how much of a wrong token is right. */
  private static boolean carries(Request request, byte[] token) {
    String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    return given != null
        && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            token, given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
