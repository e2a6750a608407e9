package io.distillstream.acceptance.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.http.HttpBounds;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.access.KeyFile;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.http.tls.TlsFiles;
import io.distillstream.local.Distillstream;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that call a server over TLS, which asks for a key and a certificate. */
@Timeout(60)
class SecuredCommandsTest {

  private static final String KEY = "a-key-of-the-tests-alone";

  private record Outcome(int exitCode, String out, String err) {}

  @TempDir static Path folder;
  private static TestAuthority authority;
  private static TestAuthority.Issued clients;
  private static HttpServer server;

  @BeforeAll
  static void serve() throws Exception {
    authority = new TestAuthority(folder);
    TestAuthority.Issued own = authority.issue();
    clients = authority.issue();
    Files.writeString(folder.resolve("key"), KEY + "\n");
    Files.writeString(folder.resolve("other-key"), "a-key-that-nobody-has");
    Files.writeString(folder.resolve("traffic.csv"), "text\na dog\n");
    server =
        HttpServer.start(
            new HttpListener(
                "x",
                "127.0.0.1",
                0,
                List.of(),
                List.of(),
                HttpBounds.DEFAULT,
                Optional.of(
                    new TlsFiles(
                        own.certificate(), own.key(), Optional.of(authority.certificate()))),
                new AccessRules(
                    List.of(new KeyFile("x.key", folder.resolve("key"), KeyFile.Form.SINGLE)),
                    Optional.empty(),
                    true,
                    false,
                    List.of(),
                    false)),
            List.of(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            config -> {
              config.routes.get("/api/status", context -> context.result("{\"status\":1}"));
              config.routes.post("/v1/predict", context -> context.result("{}"));
            });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldCallWhomItIsToldToTrustWithWhatThatAsksFor() {
    assertThat(status(ca(), certificate(), key("key")).out()).contains("{\"status\":1}");
    assertThat(
            run(Stream.of(
                    Stream.of("feed", folder.resolve("traffic.csv").toString(), "--url", url()),
                    ca(),
                    certificate(),
                    key("key")))
                .out())
        .contains("accepted 1 requests");
  }

  @Test
  void shouldSayInOneLineWhatIsMissing() {
    assertFails(status(certificate(), key("key")), "--ca names the authority");
    assertFails(status(ca(), key("key")), "answered 403", "Expected a client certificate");
    assertFails(
        status(ca(), certificate()), "answered 401", "--api-key-file names a file with a key");
    assertFails(
        status(ca(), certificate(), key("other-key")), "answered 401", "Nobody has this key");
    assertFails(
        run(Stream.of(Stream.of("feed", folder.resolve("traffic.csv").toString(), "--url", url()))),
        "Cannot reach",
        "--ca names the authority");
  }

  @Test
  void shouldNameTheFileThatIsOfNoUse() {
    assertFails(
        status(Stream.of("--ca", folder.resolve("key").toString())), "holds no certificate");
    assertFails(status(key("nowhere")), "--api-key-file", "nowhere", "cannot be read");
    assertFails(
        status(Stream.of("--client-certificate", clients.certificate().toString())),
        "--client-certificate and --client-key belong together");
    assertFails(run(Stream.of(Stream.of("device"), ca())), "--ca is of use with --gateway alone");
  }

  private static void assertFails(Outcome outcome, String... says) {
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).contains(says).doesNotContain(KEY).doesNotContain("nobody-has");
  }

  private static String url() {
    return server.address().toString();
  }

  private static Stream<String> ca() {
    return Stream.of("--ca", authority.certificate().toString());
  }

  private static Stream<String> certificate() {
    return Stream.of(
        "--client-certificate",
        clients.certificate().toString(),
        "--client-key",
        clients.key().toString());
  }

  private static Stream<String> key(String file) {
    return Stream.of("--api-key-file", folder.resolve(file).toString());
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // They are read alone.
  private static Outcome status(Stream<String>... options) {
    return run(
        Stream.concat(
            Stream.of(Stream.of("status", "--json", "--url", url())), Arrays.stream(options)));
  }

  private static Outcome run(Stream<Stream<String>> words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Distillstream.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = commandLine.execute(words.flatMap(word -> word).toArray(String[]::new));
    return new Outcome(exitCode, out.toString(), err.toString());
  }
}
