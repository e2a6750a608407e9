package io.distillstream.runtime.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;

/** An OpenID Connect issuer: its discovery document, its keys, and tokens signed with them. */
final class TestIssuer implements AutoCloseable {

  static final String AUDIENCE = "distillstream";

  private final HttpServer server;
  private volatile List<PublicJsonWebKey> published = new ArrayList<>();
  final AtomicInteger keysFetched = new AtomicInteger();

  /** Takes a port of its own. */
  TestIssuer() throws IOException {
    this(0);
  }

  /** On a port that is free. */
  TestIssuer(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    answer(
        "/realm/.well-known/openid-configuration",
        () -> "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(name(), name()));
    answer(
        "/realm/keys",
        () -> {
          keysFetched.incrementAndGet();
          return new JsonWebKeySet(published).toJson(OutputControlLevel.PUBLIC_ONLY);
        });
    server.start();
  }

  private interface Text {
    String text();
  }

  private void answer(String path, Text text) {
    server.createContext(
        path,
        exchange -> {
          byte[] body = text.text().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  URI name() {
    return URI.create("http://127.0.0.1:" + port() + "/realm");
  }

  int port() {
    return server.getAddress().getPort();
  }

  void publish(PublicJsonWebKey... keys) {
    published = List.of(keys);
  }

  static PublicJsonWebKey rsa(String id) throws Exception {
    PublicJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
    key.setKeyId(id);
    return key;
  }

  static PublicJsonWebKey ec(String id) throws Exception {
    PublicJsonWebKey key = EcJwkGenerator.generateJwk(EllipticCurves.P256);
    key.setKeyId(id);
    return key;
  }

  /** What a good token says. */
  JwtClaims claims() {
    JwtClaims claims = new JwtClaims();
    claims.setIssuer(name().toString());
    claims.setAudience(AUDIENCE);
    claims.setSubject("somebody");
    claims.setExpirationTimeMinutesInTheFuture(10);
    claims.setNotBeforeMinutesInThePast(1);
    return claims;
  }

  static String signed(JwtClaims claims, PublicJsonWebKey key) throws Exception {
    JsonWebSignature token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    token.setKey(key.getPrivateKey());
    token.setKeyIdHeaderValue(key.getKeyId());
    token.setAlgorithmHeaderValue(
        key.getKeyType().equals("RSA")
            ? AlgorithmIdentifiers.RSA_USING_SHA256
            : AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
    return token.getCompactSerialization();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
