package io.distillstream.embedded.secured;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An OAuth 2.0 authorization server: tokens for client credentials at {@code /token}, the keys that
 * verify them at {@code /keys}. The client's id is the token's subject.
 */
final class TokenServer implements AutoCloseable {

  static final String AUDIENCE = "kafka";

  private static final int LIFETIME_SECONDS = 600;

  private final String secret;
  private final KeyPair key;
  private final HttpServer server;
  private final List<String> issued = new CopyOnWriteArrayList<>();

  /**
   * @param secret of every client
   */
  TokenServer(String secret) throws IOException, GeneralSecurityException {
    this.secret = secret;
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(2_048);
    key = keys.generateKeyPair();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/token", this::token);
    server.createContext("/keys", exchange -> answer(exchange, 200, keySet()));
    server.start();
  }

  String tokenUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
  }

  String keysUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys";
  }

  /** Every token that was given out. */
  List<String> issued() {
    return List.copyOf(issued);
  }

  private void token(HttpExchange exchange) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String[] login =
        authorization == null
            ? new String[0]
            : new String(Base64.getDecoder().decode(authorization.replace("Basic ", "")), UTF_8)
                .split(":", 2);
    if (login.length != 2 || !login[1].equals(secret)) {
      answer(exchange, 401, "{\"error\": \"invalid_client\"}");
      return;
    }
    String token = token(login[0]);
    issued.add(token);
    answer(
        exchange,
        200,
        "{\"access_token\": \"%s\", \"token_type\": \"Bearer\", \"expires_in\": 600}"
            .formatted(token));
  }

  /** A JSON Web Token, signed with RS256. */
  private String token(String subject) {
    long now = Instant.now().getEpochSecond();
    String signed =
        encoded("{\"alg\": \"RS256\", \"kid\": \"k1\"}".getBytes(UTF_8))
            + "."
            + encoded(
                "{\"sub\": \"%s\", \"aud\": \"%s\", \"iat\": %d, \"exp\": %d}"
                    .formatted(subject, AUDIENCE, now, now + LIFETIME_SECONDS)
                    .getBytes(UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + encoded(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A JSON Web Key Set. */
  private String keySet() {
    RSAPublicKey published = (RSAPublicKey) key.getPublic();
    return "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"k1\", \"n\": \"%s\", \"e\": \"%s\"}]}"
        .formatted(
            encoded(published.getModulus().toByteArray()),
            encoded(published.getPublicExponent().toByteArray()));
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
