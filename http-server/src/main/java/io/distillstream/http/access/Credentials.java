package io.distillstream.http.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows.
 *
 * @param name of whoever has the key, where the request says it
 * @param secret a key or a token
 */
record Credentials(Optional<String> name, String secret) {

  static final String KEY_HEADER = "X-API-Key";
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";
  private static final String GATEWAY_TOKEN = "GatewayToken ";
  private static final String TARGET_TOKEN = "TargetToken ";

  /**
   * Those of a request, empty where it has none.
   *
   * @param authorization the header that has the scheme and what it takes
   * @param controller whose the request's path is, see {@link AccessRules#controllers}
   */
  static Optional<Credentials> of(
      HttpFields headers, String authorization, Optional<String> controller) {
    String key = headers.get(KEY_HEADER);
    if (key != null) {
      return Optional.of(new Credentials(Optional.empty(), key.strip()));
    }
    String value = headers.get(authorization);
    if (value == null) {
      return Optional.empty();
    }
    if (isOf(BEARER, value)) {
      return Optional.of(secret(Optional.empty(), BEARER, value));
    }
    if (controller.isPresent() && isOf(GATEWAY_TOKEN, value)) {
      return Optional.of(secret(Optional.empty(), GATEWAY_TOKEN, value));
    }
    if (controller.isPresent() && isOf(TARGET_TOKEN, value)) {
      return Optional.of(secret(controller, TARGET_TOKEN, value));
    }
    return isOf(BASIC, value) ? basic(value.substring(BASIC.length()).strip()) : Optional.empty();
  }

  private static boolean isOf(String scheme, String value) {
    return value.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static Credentials secret(Optional<String> name, String scheme, String value) {
    return new Credentials(name, value.substring(scheme.length()).strip());
  }

  private static Optional<Credentials> basic(String base64) {
    String pair = decoded(base64);
    int colon = pair == null ? -1 : pair.indexOf(':');
    return pair == null || colon < 0
        ? Optional.empty()
        : Optional.of(
            new Credentials(Optional.of(pair.substring(0, colon)), pair.substring(colon + 1)));
  }

  private static @Nullable String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Nothing of it may get into a log. */
  @Override
  public String toString() {
    return "Credentials[...]";
  }
}
