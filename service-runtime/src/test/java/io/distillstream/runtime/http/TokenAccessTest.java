package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.access.Issuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which tokens of an issuer let a caller in, over real HTTP to both. */
@Timeout(60)
class TokenAccessTest {

  private static PublicJsonWebKey rsa;
  private static PublicJsonWebKey ec;

  private final HttpClient client = HttpClient.newHttpClient();
  private TestIssuer issuer;
  private ServedEcho server;

  @SuppressWarnings("NullAway.Init") // Before each.
  TokenAccessTest() {}

  @BeforeAll
  static void generate() throws Exception {
    rsa = TestIssuer.rsa("rsa");
    ec = TestIssuer.ec("ec");
  }

  @BeforeEach
  void start() throws Exception {
    issuer = new TestIssuer();
    issuer.publish(rsa, ec);
    server = serve(issuer.name(), Optional.empty());
  }

  @AfterEach
  void stop() {
    server.close();
    issuer.close();
  }

  @Test
  void shouldLetInWhoHasATokenOfTheIssuer() throws Exception {
    assertThat(get(TestIssuer.signed(issuer.claims(), rsa)).body()).isEqualTo("echo");
    assertThat(get(TestIssuer.signed(issuer.claims(), ec)).body()).isEqualTo("echo");
    JwtClaims several = issuer.claims();
    several.setAudience("other", TestIssuer.AUDIENCE);
    assertThat(get(TestIssuer.signed(several, rsa)).statusCode()).isEqualTo(200);
    assertThat(issuer.keysFetched).hasValue(1);
  }

  @Test
  void shouldAskForAToken() throws Exception {
    HttpResponse<String> answer = server.get(client, "/echo");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().allValues("WWW-Authenticate"))
        .containsExactly("Bearer realm=\"distillstream\"");
    assertThat(answer.body()).contains("Expected a token, as Authorization: Bearer TOKEN");
    assertThat(server.get(client, "/health/live").statusCode()).isEqualTo(200);
    assertThat(server.get(client, "/metrics").statusCode()).isEqualTo(401);
  }

  @Test
  void shouldRefuseATokenByWhatItSays() throws Exception {
    JwtClaims expired = issuer.claims();
    expired.setExpirationTimeMinutesInTheFuture(-1);
    assertRefused(expired, "it has expired");
    JwtClaims endless = issuer.claims();
    endless.unsetClaim("exp");
    assertRefused(endless, "it has no expiry");
    JwtClaims early = issuer.claims();
    early.setNotBeforeMinutesInThePast(-5);
    assertRefused(early, "it is not valid yet");
    JwtClaims elsewhere = issuer.claims();
    elsewhere.setAudience("another-service");
    assertRefused(elsewhere, "it is for another audience");
    elsewhere.unsetClaim("aud");
    assertRefused(elsewhere, "it is for another audience");
    JwtClaims foreign = issuer.claims();
    foreign.setIssuer("https://issuer.example");
    assertRefused(foreign, "it is of another issuer");
  }

  @Test
  void shouldRefuseATokenThatSomebodyElseSigned() throws Exception {
    String header = "{\"error\":\"The token is not accepted: ";
    PublicJsonWebKey namesake = TestIssuer.rsa("rsa");
    assertThat(get(TestIssuer.signed(issuer.claims(), namesake)).body())
        .startsWith(header + "it is damaged, or not signed");
    assertThat(get(TestIssuer.signed(issuer.claims(), TestIssuer.rsa("other"))).body())
        .startsWith(header + "none of the issuer's keys signed it");
    String good = TestIssuer.signed(issuer.claims(), rsa);
    assertThat(get(good.substring(0, good.lastIndexOf('.') + 1)).statusCode()).isEqualTo(401);
    List<String> parts = List.of(good.split("\\.", 3));
    String other = new JwtClaims().toJson();
    assertThat(get(parts.get(0) + "." + base64(other) + "." + parts.get(2)).statusCode())
        .isEqualTo(401);
  }

  @Test
  void shouldRefuseATokenWithoutASignature() throws Exception {
    JsonWebSignature none = new JsonWebSignature();
    none.setAlgorithmConstraints(AlgorithmConstraints.ALLOW_ONLY_NONE);
    none.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
    none.setPayload(issuer.claims().toJson());

    assertThat(get(none.getCompactSerialization()).statusCode()).isEqualTo(401);
  }

  /** The key that everybody may know must not pass for a secret that both sides have. */
  @Test
  void shouldRefuseATokenWhoseSecretIsThePublicKey() throws Exception {
    JsonWebSignature confused = new JsonWebSignature();
    confused.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
    confused.setKeyIdHeaderValue(rsa.getKeyId());
    confused.setKey(new HmacKey(rsa.getPublicKey().getEncoded()));
    confused.setPayload(issuer.claims().toJson());

    assertThat(get(confused.getCompactSerialization()).statusCode()).isEqualTo(401);
    assertThat(server.denied("invalid-token")).isEqualTo(1);
  }

  @Test
  void shouldFollowAnIssuerThatChangesItsKeys() throws Exception {
    assertThat(get(TestIssuer.signed(issuer.claims(), rsa)).statusCode()).isEqualTo(200);
    PublicJsonWebKey next = TestIssuer.ec("next");
    issuer.publish(next);

    await()
        .untilAsserted(
            () ->
                assertThat(get(TestIssuer.signed(issuer.claims(), next)).statusCode())
                    .isEqualTo(200));
    assertThat(get(TestIssuer.signed(issuer.claims(), rsa)).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldNotAskTheIssuerForEachTokenThatIsMadeUp() throws Exception {
    PublicJsonWebKey unknown = TestIssuer.ec("unknown");
    long begun = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      assertThat(get(TestIssuer.signed(issuer.claims(), unknown)).statusCode()).isEqualTo(401);
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();

    assertThat(issuer.keysFetched.get()).isLessThanOrEqualTo((int) (3 + seconds / 2));
  }

  @Test
  void shouldGoOnWithoutTheIssuerAndTakeItsKeysWhenItIsThere() throws Exception {
    String token = TestIssuer.signed(issuer.claims(), rsa);
    assertThat(get(token).statusCode()).isEqualTo(200);
    int port = issuer.port();
    issuer.close();
    assertThat(get(token).statusCode()).isEqualTo(200);
    server.close();
    server = serve(URI.create("http://127.0.0.1:" + port + "/realm"), Optional.empty());

    HttpResponse<String> answer = get(token);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(answer.body()).contains("The issuer's keys cannot be had at the moment");
    assertThat(server.get(client, "/health/live").statusCode()).isEqualTo(200);
    issuer = new TestIssuer(port);
    issuer.publish(rsa, ec);
    await().until(() -> get(token).statusCode() == 200);
  }

  @Test
  void shouldTakeKeysFromTheAddressThatIsGiven() throws Exception {
    server.close();
    // Nothing is discovered there, and the name is all that counts.
    URI name = URI.create("https://issuer.example");
    server = serve(name, Optional.of(URI.create(issuer.name() + "/keys")));
    JwtClaims claims = issuer.claims();
    claims.setIssuer(name.toString());

    assertThat(get(TestIssuer.signed(claims, ec)).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldTakeNoKeysFromTheDocumentOfAnotherIssuer() throws Exception {
    server.close();
    URI other = URI.create(issuer.name().toString().replace("127.0.0.1", "localhost"));
    server = serve(other, Optional.empty());
    JwtClaims claims = issuer.claims();
    claims.setIssuer(other.toString());

    assertThat(get(TestIssuer.signed(claims, rsa)).statusCode()).isEqualTo(503);
    assertThat(issuer.keysFetched.get()).isLessThanOrEqualTo(1);
  }

  private void assertRefused(JwtClaims claims, String reason) throws Exception {
    HttpResponse<String> answer = get(TestIssuer.signed(claims, rsa));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body())
        .isEqualTo("{\"error\":\"The token is not accepted: " + reason + "\"}");
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer realm=\"distillstream\", error=\"invalid_token\"");
  }

  private HttpResponse<String> get(String token) throws Exception {
    return server.get(client, "/echo", "Authorization", "Bearer " + token);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ServedEcho serve(URI name, Optional<URI> keys) {
    Issuer issuer = new Issuer(name, List.of(TestIssuer.AUDIENCE), keys);
    return new ServedEcho(
        HttpBounds.DEFAULT,
        null,
        new AccessRules(List.of(), Optional.of(issuer), false, false, List.of(), false));
  }
}
