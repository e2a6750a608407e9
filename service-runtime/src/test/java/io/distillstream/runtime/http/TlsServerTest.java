package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.http.tls.TlsFiles;
import io.distillstream.runtime.InvalidSettingsException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server over TLS: whom it shows its certificate, when it takes another, and its bounds. */
@Timeout(60)
class TlsServerTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final HttpBounds PATIENT =
      new HttpBounds(1_000, 1_000, HOUR, HOUR, 1, 1_000, 1_000_000);

  /** More than all threads of a server. */
  private static final int MANY = 100;

  /** A record of TLS that announces a long ClientHello, and the first bytes of it. */
  private static final byte[] BEGUN_HELLO = {0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, (byte) 0xfc, 3, 3};

  @TempDir static Path authorityFolder;
  @TempDir static Path foreignFolder;
  private static TestAuthority authority;
  private static TestAuthority foreign;
  private static TestAuthority.Issued first;
  private static TestAuthority.Issued second;

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private HttpClient client;

  @SuppressWarnings("NullAway.Init") // Before each.
  TlsServerTest() {}

  @BeforeAll
  static void issue() throws Exception {
    authority = new TestAuthority(authorityFolder);
    foreign = new TestAuthority(foreignFolder);
    first = authority.issue();
    second = authority.issue();
  }

  @BeforeEach
  void install() throws Exception {
    install(first);
    client = client(authority.client());
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void shouldAnswerWhoTrustsItsCertificate() throws Exception {
    ServedEcho server = serve(PATIENT);

    assertThat(server.get(client, "/echo").body()).isEqualTo("echo");
    assertThat(server.get(client, "/echo").sslSession().orElseThrow().getProtocol())
        .isEqualTo("TLSv1.3");
    assertThat(server.get(client, "/health/live").body()).isEqualTo("ok");
    assertThatThrownBy(() -> server.get(client(foreign.client()), "/echo"))
        .isInstanceOf(SSLHandshakeException.class);
    assertThat(server.certificateExpiry())
        .isEqualTo((double) first.read().certificate().getNotAfter().toInstant().getEpochSecond());
  }

  @Test
  void shouldSpeakTheVersionBefore() throws Exception {
    SSLContext tls = authority.client();
    ServedEcho server = serve(PATIENT);
    HttpClient older =
        HttpClient.newBuilder()
            .sslContext(tls)
            .sslParameters(new javax.net.ssl.SSLParameters(null, new String[] {"TLSv1.2"}))
            .build();

    assertThat(server.get(older, "/echo").sslSession().orElseThrow().getProtocol())
        .isEqualTo("TLSv1.2");
  }

  @Test
  void shouldTellWhoSpeaksPlainHttpAndStillSayWhetherItLives() throws Exception {
    ServedEcho server = serve(PATIENT);
    RawHttp plain = new RawHttp(server.port());

    assertThat(plain.get("/echo", "Host: localhost"))
        .startsWith("HTTP/1.1 400")
        .endsWith("{\"error\":\"This port speaks TLS: call it by https\"}");
    assertThat(plain.get("/metrics", "Host: localhost")).startsWith("HTTP/1.1 400");
    assertThat(plain.getOld("/health/ready")).startsWith("HTTP/1.1 200");
    // Whatever a request says of its own scheme.
    assertThat(plain.get("https://localhost/echo", "Host: localhost"))
        .startsWith("HTTP/1.1 400")
        .contains("call it by https");
    assertThat(server.denied("plain-http")).isEqualTo(3);
  }

  @Test
  void shouldEndConnectionsOfWhoSpeaksSomethingElse() throws Exception {
    ServedEcho server = serve(PATIENT);
    OpenSocket other = new OpenSocket(server.port());
    open.add(other);

    other.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");

    assertThat(other.answer()).startsWith("HTTP/1.1 400").doesNotContain("\tat ");
    assertThat(server.get(client, "/echo").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldTakeANewCertificateAndKeepTheOneBeforeWhereItIsOfNoUse() throws Exception {
    ServedEcho server = serve(PATIENT);
    assertThat(shown(server)).isEqualTo(first.read().certificate());

    // The key comes later than its certificate.
    Files.copy(second.certificate(), certificate(), StandardCopyOption.REPLACE_EXISTING);
    await()
        .during(Duration.ofMillis(1_500))
        .until(() -> shown(server).equals(first.read().certificate()));
    Files.copy(second.key(), key(), StandardCopyOption.REPLACE_EXISTING);

    await().until(() -> shown(server).equals(second.read().certificate()));
    Files.writeString(key(), "damaged");
    await()
        .during(Duration.ofMillis(1_500))
        .until(() -> server.get(client, "/echo").statusCode() == 200);
    assertThat(shown(server)).isEqualTo(second.read().certificate());
  }

  @Test
  void shouldAnswerClientsWithACertificateOfItsAuthorityAlone() throws Exception {
    ServedEcho server = serve(PATIENT, Optional.of(authority.certificate()));

    assertThat(server.get(client(authority.client(second)), "/echo").body()).isEqualTo("echo");
    assertThat(server.get(client, "/echo").statusCode()).isEqualTo(403);
    assertThat(server.get(client, "/echo").body())
        .isEqualTo(
            "{\"error\":\"Expected a client certificate that this server's authority signed\"}");
    assertThat(server.get(client, "/metrics").statusCode()).isEqualTo(403);
    assertThat(server.get(client, "/health/live").statusCode()).isEqualTo(200);
    assertThat(server.denied("no-certificate")).isEqualTo(3);
    TestAuthority.Issued alien = foreign.issue();
    assertThatThrownBy(() -> server.get(client(authority.client(alien)), "/echo"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> server.get(client(authority.client(alien)), "/health/live"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void shouldAnswerOthersWhileManyDoNotEndTheirHandshakes() throws Exception {
    ServedEcho server = serve(PATIENT);
    for (int i = 0; i < MANY; i++) {
      OpenSocket slow = new OpenSocket(server.port());
      open.add(slow);
      slow.send(BEGUN_HELLO);
    }

    assertThat(server.get(client, "/echo").body()).isEqualTo("echo");
    assertThat(server.get(client, "/health/live").body()).isEqualTo("ok");
  }

  @Test
  void shouldAnswerOthersWhileManySendTheirBodiesSlowly() throws Exception {
    ServedEcho server = serve(PATIENT);
    for (int i = 0; i < MANY; i++) {
      OpenSocket slow = secured(server);
      slow.post("/echo", 10);
      slow.send("{");
    }

    assertThat(server.get(client, "/echo").body()).isEqualTo("echo");
    OpenSocket oldest = (OpenSocket) open.get(1);
    oldest.send("         ");
    assertThat(oldest.answer()).startsWith("HTTP/1.1 200").endsWith("{         ");
  }

  @Test
  void shouldCloseAConnectionWhoseHandshakeComesTooSlowly() throws Exception {
    ServedEcho server =
        serve(new HttpBounds(100, 100, HOUR, Duration.ofMillis(200), 1, 1_000, 1_000));
    OpenSocket slow = new OpenSocket(server.port());
    open.add(slow);
    slow.send(BEGUN_HELLO);

    await()
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> slow.send(new byte[] {0}))
                    .isInstanceOf(IOException.class));
  }

  @Test
  void shouldCloseAConnectionWhoseHeadComesTooSlowly() throws Exception {
    ServedEcho server =
        serve(new HttpBounds(100, 100, HOUR, Duration.ofSeconds(1), 1, 1_000, 1_000));
    OpenSocket slow = secured(server);
    slow.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ");

    await()
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () -> assertThatThrownBy(() -> slow.send("x")).isInstanceOf(IOException.class));
  }

  @Test
  void shouldEndABodyThatComesTooSlowly() throws Exception {
    ServedEcho server =
        serve(new HttpBounds(100, 100, HOUR, Duration.ofMillis(500), 1_000, 1_000, 1_000));
    OpenSocket slow = secured(server);
    slow.post("/echo", 10);
    slow.send("{");

    assertThat(slow.answer())
        .startsWith("HTTP/1.1 408")
        .contains("{\"error\":\"The body came too slowly: 1 bytes in");
    assertThat(server.refused("slow-body")).isEqualTo(1);
  }

  @Test
  void shouldCloseIdleConnections() throws Exception {
    ServedEcho server = serve(new HttpBounds(100, 100, Duration.ofSeconds(2), HOUR, 1, 100, 1_000));
    OpenSocket silent = new OpenSocket(server.port());
    open.add(silent);
    OpenSocket idle = secured(server);
    idle.send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(idle.answer()).endsWith("echo");
    assertThat(silent.answer()).isEmpty();
  }

  @Test
  void shouldCountAConnectionOnceAndTakeOneAgainWhenOneIsClosed() throws Exception {
    ServedEcho server = serve(new HttpBounds(100, 2, HOUR, HOUR, 1, 100, 1_000));
    OpenSocket one = echoing(server);
    OpenSocket other = echoing(server);
    OpenSocket surplus = secured(server);
    surplus.send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(surplus.lines().findFirst()).contains("HTTP/1.1 429 Too Many Requests");
    assertThat(server.refused("connections")).isEqualTo(1);
    one.close();
    other.close();
    await().ignoreExceptions().until(() -> echoing(server) != null);
  }

  @Test
  void shouldNameTheFileThatIsOfNoUse() {
    assertThatThrownBy(
            () ->
                new ServedEcho(
                    PATIENT,
                    new TlsFiles(certificate(), second.key(), Optional.empty()),
                    AccessRules.NONE))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("'" + second.key() + "' is not the key of the first certificate");
  }

  private OpenSocket echoing(ServedEcho server) throws Exception {
    OpenSocket socket = secured(server);
    socket.send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(socket.lines().findFirst()).contains("HTTP/1.1 200 OK");
    return socket;
  }

  private OpenSocket secured(ServedEcho server) throws Exception {
    OpenSocket socket = OpenSocket.overTls(server.port(), authority.client());
    open.add(socket);
    return socket;
  }

  /** The certificate that a new connection is shown. */
  private static X509Certificate shown(ServedEcho server) throws Exception {
    return (X509Certificate)
        server
            .get(client(authority.client()), "/echo")
            .sslSession()
            .orElseThrow()
            .getPeerCertificates()[0];
  }

  private ServedEcho serve(HttpBounds bounds) {
    return serve(bounds, Optional.empty());
  }

  private ServedEcho serve(HttpBounds bounds, Optional<Path> clientAuthorities) {
    AccessRules rules =
        new AccessRules(
            List.of(), Optional.empty(), clientAuthorities.isPresent(), false, List.of(), false);
    ServedEcho server =
        new ServedEcho(bounds, new TlsFiles(certificate(), key(), clientAuthorities), rules);
    open.add(server);
    return server;
  }

  private void install(TestAuthority.Issued issued) throws IOException {
    Files.copy(issued.certificate(), certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(issued.key(), key(), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path certificate() {
    return folder.resolve("certificate.pem");
  }

  private Path key() {
    return folder.resolve("key.pem");
  }

  private static HttpClient client(SSLContext tls) {
    return HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
  }
}
