package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.PortInUseException;
import io.distillstream.http.HttpBounds;
import io.distillstream.runtime.Service;
import io.javalin.config.JavalinConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server lets through and what it refuses, over real HTTP. */
@Timeout(30)
class HttpServerTest {

  private static final String HERE = "Host: localhost";
  private static final String JSON = "Content-Type: application/json";

  private HttpServer server = start(HttpListener.loopback("x", 0));
  private RawHttp http = new RawHttp(server.port());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldAnswerUnderTheNameOfLoopback() throws Exception {
    assertThat(http.get("/echo", HERE)).startsWith("HTTP/1.1 200").endsWith("echo");
  }

  @Test
  void shouldRefuseToAnswerUnderAnotherName() throws Exception {
    String host = "evil.example:8080";
    assertThat(http.get("/echo", "Host: " + host))
        .startsWith("HTTP/1.1 421")
        .contains("application/json")
        .contains("{\"error\":\"This server is not addressed as '" + host + "'")
        .contains("x.allowed-hosts");
    assertThat(http.get("/metrics", "Host: " + host)).startsWith("HTTP/1.1 421");
    assertThat(http.get("/nowhere", "Host: " + host)).startsWith("HTTP/1.1 421");
  }

  @Test
  void shouldAnswerCallersThatNameNoHost() throws Exception {
    assertThat(http.getOld("/health/live")).startsWith("HTTP/1.1 200");
    assertThat(http.getOld("/health/live", "Origin: http://evil.example"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void shouldAnswerUnderTheNamesThatTheSettingsAllow() throws Exception {
    restart(
        new HttpListener("x", "127.0.0.1", 0, List.of("teacher"), List.of(), HttpBounds.DEFAULT));
    assertThat(http.get("/echo", "Host: teacher:8080")).startsWith("HTTP/1.1 200");
    assertThat(http.get("/echo", "Host: other:8080")).startsWith("HTTP/1.1 421");
  }

  @Test
  void shouldAnswerUnderAnyAddressButNoOtherNameOnAllInterfaces() throws Exception {
    restart(new HttpListener("x", "0.0.0.0", 0, List.of(), List.of(), HttpBounds.DEFAULT));

    assertThat(http.get("/echo", "Host: 192.168.1.5:8080")).startsWith("HTTP/1.1 200");
    assertThat(http.get("/echo", "Host: [fe80::1]:8080")).startsWith("HTTP/1.1 200");
    assertThat(http.get("/echo", "Host: evil.example")).startsWith("HTTP/1.1 421");
    assertThat(server.address()).hasToString("http://127.0.0.1:" + server.port());
  }

  @Test
  void shouldRefusePagesOfOtherOrigins() throws Exception {
    assertThat(http.get("/echo", HERE, "Origin: http://evil.example"))
        .startsWith("HTTP/1.1 403")
        .contains("x.allowed-origins")
        .doesNotContain("Access-Control-Allow-Origin");
  }

  @Test
  void shouldAnswerItsOwnPages() throws Exception {
    assertThat(http.get("/echo", "Host: localhost:8080", "Origin: http://localhost:8080"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void shouldAnswerPagesOfAllowedOriginsAndTellTheirBrowser() throws Exception {
    String page = "https://example.org";
    restart(new HttpListener("x", "127.0.0.1", 0, List.of(), List.of(page), HttpBounds.DEFAULT));

    assertThat(http.get("/echo", HERE, "Origin: " + page))
        .startsWith("HTTP/1.1 200")
        .contains("Access-Control-Allow-Origin: " + page)
        .contains("Vary: Origin");
    assertThat(
            http.send(
                "OPTIONS",
                "/echo",
                List.of(HERE, "Origin: " + page, "Access-Control-Request-Method: POST"),
                ""))
        .startsWith("HTTP/1.1 204")
        .contains("Access-Control-Allow-Headers: Authorization, Content-Type");
    assertThat(http.get("/echo", HERE, "Origin: https://example.com")).startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain, 'found ''text/plain'''",
    "application/x-www-form-urlencoded, found",
    "multipart/form-data; boundary=x, found",
    "application/jsonp, found",
    "'', found none"
  })
  void shouldTakeNothingButJson(String type, String reason) throws Exception {
    List<String> headers = type.isEmpty() ? List.of(HERE) : List.of(HERE, "Content-Type: " + type);

    assertThat(http.send("POST", "/echo", headers, "{}"))
        .startsWith("HTTP/1.1 415")
        .contains("Accept: application/json")
        .contains("\"accepted\":[\"application/json\"]")
        .contains(reason);
  }

  @Test
  void shouldTakeJsonHoweverItIsSpelled() throws Exception {
    assertThat(http.send("POST", "/echo", List.of(HERE, JSON), "{}")).startsWith("HTTP/1.1 200");
    assertThat(http.send("POST", "/echo", List.of(HERE, JSON + "; charset=utf-8"), "{}"))
        .startsWith("HTTP/1.1 200");
    assertThat(http.send("POST", "/echo", List.of(HERE, "content-type: Application/JSON"), "{}"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void shouldNameTheMethodsOfAPath() throws Exception {
    assertThat(http.get("/post", HERE))
        .startsWith("HTTP/1.1 405")
        .contains("Allow: POST\r\n")
        .contains("{\"error\":\"GET is not allowed here, only POST\"}");
    assertThat(http.get("/nowhere", HERE)).startsWith("HTTP/1.1 404");
  }

  @Test
  void shouldTellVitalSignsWithASlashAtTheEndToo() throws Exception {
    assertThat(http.get("/health/live/", HERE)).startsWith("HTTP/1.1 200").endsWith("ok");
    assertThat(http.get("/health/ready/", HERE)).startsWith("HTTP/1.1 200");
    assertThat(http.get("/metrics/", HERE)).contains("distillstream_http_refused_total");
    assertThat(http.get("/health/live//", HERE)).startsWith("HTTP/1.1 404");
    assertThat(http.send("POST", "/health/live", List.of(HERE, JSON), "{}"))
        .startsWith("HTTP/1.1 405")
        .contains("Allow: GET, HEAD\r\n");
  }

  @ParameterizedTest
  @CsvSource({"/healthz, 200", "/readyz, 503"})
  void shouldKnowTheProbesByTheirEarlierNames(String path, int status) throws Exception {
    server.close();
    server = start(HttpListener.loopback("x", 0), List.of(new Hindered()));
    http = new RawHttp(server.port());

    assertThat(http.get(path, HERE)).startsWith("HTTP/1.1 " + status);
  }

  @Test
  void shouldShowMetricsInTheFormatThatIsAskedFor() throws Exception {
    String openMetrics = "application/openmetrics-text";
    String prometheus = openMetrics + ";version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    assertThat(http.get("/metrics", HERE, "Accept: " + prometheus))
        .contains("Content-Type: " + openMetrics)
        .contains("# TYPE distillstream_http_refused counter")
        .endsWith("# EOF\n");
    assertThat(http.get("/metrics", HERE))
        .contains("Content-Type: text/plain; version=0.0.4")
        .contains("# TYPE distillstream_http_refused_total counter")
        .doesNotContain("# EOF");
  }

  @Test
  void shouldNameTheSettingOfAPortInUse() {
    HttpListener taken = HttpListener.loopback("x", server.port());

    assertThatThrownBy(() -> start(taken))
        .isInstanceOf(PortInUseException.class)
        .hasMessageContaining("Port " + server.port())
        .hasMessageContaining("x.port");
  }

  @Test
  void shouldSayWhichServiceIsNotReadyAndWhy() throws Exception {
    server.close();
    server = start(HttpListener.loopback("x", 0), List.of(new Hindered()));
    http = new RawHttp(server.port());

    assertThat(http.get("/health/live", HERE)).startsWith("HTTP/1.1 200");
    assertThat(http.get("/health/ready", HERE))
        .startsWith("HTTP/1.1 503")
        .endsWith("unhealthy: teacher (the disk is almost full)");
  }

  /** Lives, and waits for room. */
  private static final class Hindered implements Service {
    @Override
    public String name() {
      return "teacher";
    }

    @Override
    public void start() {}

    @Override
    public boolean healthy() {
      return false;
    }

    @Override
    public boolean alive() {
      return true;
    }

    @Override
    public Optional<String> hindrance() {
      return Optional.of("the disk is almost full");
    }

    @Override
    public void close() {}
  }

  private void restart(HttpListener listener) {
    server.close();
    server = start(listener);
    http = new RawHttp(server.port());
  }

  private static HttpServer start(HttpListener listener) {
    return start(listener, List.of());
  }

  private static HttpServer start(HttpListener listener, List<Service> services) {
    return HttpServer.start(
        listener,
        services,
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        HttpServerTest::routes);
  }

  private static void routes(JavalinConfig config) {
    config.routes.get("/echo", context -> context.result("echo"));
    config.routes.post("/echo", context -> context.result("echo"));
    config.routes.post("/post", context -> context.result("posted"));
  }
}
