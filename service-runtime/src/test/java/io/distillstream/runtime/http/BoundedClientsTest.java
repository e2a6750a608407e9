package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.distillstream.http.HttpBounds;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What slow, idle and many clients are granted, and that others are answered beside them. */
@Timeout(60)
class BoundedClientsTest {

  private static final String HERE = "Host: localhost";
  private static final String JSON = "Content-Type: application/json";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final HttpBounds PATIENT =
      new HttpBounds(1_000, 1_000, HOUR, HOUR, 1, 1_000, 1_000_000);

  /** More than all threads of a server. */
  private static final int MANY = 100;

  /** More than all threads of traffic, and no more, since their answers are large. */
  private static final int SEVERAL = 40;

  /** More characters than the buffers of a connection hold. */
  private static final int LARGE = 6 << 20;

  private final List<OpenSocket> open = new ArrayList<>();
  private final CountDownLatch blocked = new CountDownLatch(1);
  private final AtomicInteger written = new AtomicInteger();
  private HttpServer server = start(PATIENT);
  private RawHttp http = new RawHttp(server.port());

  @AfterEach
  void stop() throws Exception {
    blocked.countDown();
    for (OpenSocket socket : open) {
      socket.close();
    }
    server.close();
  }

  @Test
  void shouldAnswerOthersWhileManySendTheirBodiesSlowly() throws Exception {
    for (int i = 0; i < MANY; i++) {
      post("/echo", 10).send("{");
    }

    assertOthersAreAnswered();
    open.get(0).send("         ");
    assertThat(open.get(0).answer()).startsWith("HTTP/1.1 200").endsWith("{         ");
  }

  @Test
  void shouldAnswerOthersWhileSeveralDoNotReadTheirAnswers() throws Exception {
    restart(new HttpBounds(1_000, 1_000, HOUR, HOUR, 1, 1_000, 4L * SEVERAL * LARGE));
    for (int i = 0; i < SEVERAL; i++) {
      OpenSocket deaf = new OpenSocket(server.port());
      open.add(deaf);
      deaf.send("GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    await().until(() -> written.get() == SEVERAL);
    assertOthersAreAnswered();
    assertThat(open.get(0).answer()).startsWith("HTTP/1.1 200").hasSizeGreaterThan(LARGE);
  }

  @Test
  void shouldBoundTheMemoryOfAnswersThatAreNotReadAndGiveItBack() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, HOUR, 1, 100, 3L * LARGE));
    OpenSocket deaf = new OpenSocket(server.port());
    open.add(deaf);
    deaf.send("GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    await().until(() -> written.get() == 1);

    assertThat(http.get("/large", HERE))
        .startsWith("HTTP/1.1 503")
        .contains("Retry-After: 1")
        .contains("Too many answers are on their way at once");
    assertThat(refused("body-memory")).isEqualTo(1);
    assertThat(deaf.answer()).startsWith("HTTP/1.1 200").hasSizeGreaterThan(LARGE);
    await().untilAsserted(() -> assertThat(http.get("/large", HERE)).startsWith("HTTP/1.1 200"));
  }

  @Test
  void shouldSendEventsAsTheyCome() throws Exception {
    OpenSocket reader = new OpenSocket(server.port());
    open.add(reader);
    reader.send("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");

    assertThat(reader.lines().anyMatch(line -> line.contains("first"))).isTrue();
  }

  @Test
  void shouldTellHealthAndMetricsWhileEveryThreadOfTrafficIsHeld() throws Exception {
    for (int i = 0; i < MANY; i++) {
      OpenSocket held = new OpenSocket(server.port());
      open.add(held);
      held.send("GET /hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    assertVitalSigns();
    blocked.countDown();
    // Who waited for more than a second for a thread is refused.
    assertThat(open.get(MANY - 1).answer()).containsPattern("^HTTP/1.1 (200|503)");
  }

  @Test
  void shouldRefuseWhoWaitedTooLongForAThread() throws Exception {
    for (int i = 0; i < MANY; i++) {
      OpenSocket held = new OpenSocket(server.port());
      open.add(held);
      held.send("GET /hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }
    long start = System.nanoTime();
    await().until(() -> System.nanoTime() - start > Duration.ofMillis(1_500).toNanos());
    blocked.countDown();

    await().untilAsserted(() -> assertThat(refused("threads")).isPositive());
  }

  @Test
  void shouldNotInviteABodyThatIsTooLarge() throws Exception {
    OpenSocket large = new OpenSocket(server.port());
    open.add(large);
    large.send(
        """
        POST /echo HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: 1001\r
        Expect: 100-continue\r
        \r
        """);

    assertThat(large.answer()).startsWith("HTTP/1.1 413").contains("over the limit of 1000 bytes");
  }

  @Test
  void shouldEndABodyThatComesTooSlowly() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, Duration.ofMillis(500), 1_000, 1_000, 1_000));
    OpenSocket slow = post("/echo", 10);
    slow.send("{");

    assertThat(slow.answer())
        .startsWith("HTTP/1.1 408")
        .contains("application/json")
        .contains("{\"error\":\"The body came too slowly: 1 bytes in");
    assertThat(refused("slow-body")).isEqualTo(1);
    assertOthersAreAnswered();
  }

  @Test
  void shouldEndABodyThatCameAtFirstAndThenTooSlowly() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, Duration.ofMillis(500), 1_000, 10_000, 10_000));
    OpenSocket slow = post("/echo", 9_000);
    slow.send(" ".repeat(8_000));

    assertThat(slow.answer()).startsWith("HTTP/1.1 408").contains("8000 bytes in");
  }

  @Test
  void shouldTakeABodyThatKeepsToItsRate() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, Duration.ofSeconds(1), 1, 1_000, 1_000));
    OpenSocket steady = post("/echo", 1_000);
    OpenSocket slow = post("/echo", 10);
    AtomicInteger sent = new AtomicInteger();
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              steady.send(" ");
              return sent.incrementAndGet() > 150;
            });

    assertThat(slow.answer()).startsWith("HTTP/1.1 408");
    steady.send(" ".repeat(1_000 - sent.get()));
    assertThat(steady.answer()).startsWith("HTTP/1.1 200");
  }

  @Test
  void shouldCloseAConnectionWhoseHeadComesTooSlowly() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, Duration.ofMillis(100), 1, 1_000, 1_000));
    OpenSocket slow = new OpenSocket(server.port());
    open.add(slow);
    slow.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nX: ");

    assertCloses(slow);
    assertThat(http.get("/echo", HERE)).startsWith("HTTP/1.1 200");
  }

  @Test
  void shouldKeepAConnectionWhoseRequestTakesLonger() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, Duration.ofMillis(20), 1, 1_000, 1_000));
    OpenSocket slow = new OpenSocket(server.port());
    open.add(slow);
    OpenSocket held = new OpenSocket(server.port());
    open.add(held);
    held.send("GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\nGET");
    slow.send("G");
    assertCloses(slow);
    blocked.countDown();
    held.send(" /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(held.answer()).contains("HTTP/1.1 200").endsWith("echo");
  }

  @Test
  void shouldCloseAConnectionTooManyThoughItGoesOnSending() throws Exception {
    restart(new HttpBounds(100, 1, HOUR, HOUR, 1, 100, 1_000));
    OpenSocket first = new OpenSocket(server.port());
    open.add(first);
    first.send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(first.lines().findFirst()).contains("HTTP/1.1 200 OK");
    OpenSocket surplus = new OpenSocket(server.port());
    open.add(surplus);

    surplus.send("GET /echo HTTP/1.1\r\nX: ");
    assertCloses(surplus);
  }

  @Test
  void shouldRefuseABodyOverItsLimitHoweverItsLengthIsTold() throws Exception {
    restart(PATIENT.withBodyBytes(100));
    String chunk = "78\r\n" + " ".repeat(0x78) + "\r\n0\r\n\r\n";
    OpenSocket chunked = new OpenSocket(server.port());
    open.add(chunked);
    chunked.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + chunk);

    assertThat(chunked.answer()).startsWith("HTTP/1.1 413").contains("over the limit of 100 bytes");
    assertThat(http.send("POST", "/echo", List.of(HERE, JSON), " ".repeat(101)))
        .startsWith("HTTP/1.1 413");
    assertThat(http.send("POST", "/echo", List.of(HERE, JSON), " ".repeat(100)))
        .startsWith("HTTP/1.1 200");
    assertThat(refused("large-body")).isEqualTo(2);
  }

  @Test
  void shouldBoundTheMemoryOfAllBodiesAndGiveItBack() throws Exception {
    restart(new HttpBounds(100, 100, HOUR, HOUR, 1, 100, 100));
    OpenSocket first = post("/echo", 100);
    first.send(" ".repeat(60));
    String body = " ".repeat(60);
    // The bytes of the first are counted once they have come.
    await()
        .untilAsserted(
            () ->
                assertThat(http.send("POST", "/echo", List.of(HERE, JSON), body))
                    .startsWith("HTTP/1.1 503")
                    .contains("Retry-After: 1"));
    first.send(" ".repeat(40));

    assertThat(first.answer()).startsWith("HTTP/1.1 200");
    await()
        .untilAsserted(
            () ->
                assertThat(http.send("POST", "/echo", List.of(HERE, JSON), body))
                    .startsWith("HTTP/1.1 200"));
  }

  @Test
  void shouldRefuseAConnectionTooManyOfAnAddressAndTakeOneAgainWhenOneIsClosed() throws Exception {
    restart(new HttpBounds(100, 2, HOUR, HOUR, 1, 100, 1_000));
    open.add(new OpenSocket(server.port()));
    open.add(new OpenSocket(server.port()));

    await()
        .untilAsserted(
            () ->
                assertThat(http.get("/echo", HERE))
                    .startsWith("HTTP/1.1 429")
                    .contains("Retry-After: 1")
                    .contains("This address has its 2 connections open already"));
    open.get(0).close();

    await().untilAsserted(() -> assertThat(http.get("/echo", HERE)).startsWith("HTTP/1.1 200"));
    // The metrics are refused, too, until the connection before is closed.
    await().ignoreExceptions().untilAsserted(() -> assertThat(refused("connections")).isPositive());
  }

  @Test
  void shouldCloseIdleConnections() throws Exception {
    restart(new HttpBounds(100, 100, Duration.ofMillis(50), HOUR, 1, 100, 1_000));
    OpenSocket idle = new OpenSocket(server.port());
    open.add(idle);

    assertThat(idle.answer()).isEmpty();
  }

  /** However much the client goes on to send. */
  private static void assertCloses(OpenSocket socket) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () -> assertThatThrownBy(() -> socket.send("x")).isInstanceOf(IOException.class));
  }

  private void assertOthersAreAnswered() throws Exception {
    assertThat(http.get("/echo", HERE)).startsWith("HTTP/1.1 200");
    assertThat(http.send("POST", "/echo", List.of(HERE, JSON), "{}")).endsWith("{}");
    assertVitalSigns();
  }

  private void assertVitalSigns() throws Exception {
    assertThat(http.get("/health/live", HERE)).startsWith("HTTP/1.1 200").endsWith("ok");
    assertThat(http.get("/health/ready", HERE)).startsWith("HTTP/1.1 200");
    assertThat(http.get("/metrics", HERE)).contains("distillstream_http_refused_total");
  }

  private long refused(String reason) throws Exception {
    String name = "distillstream_http_refused_total{reason=\"%s\",server=\"x\"} ".formatted(reason);
    return http.get("/metrics", HERE)
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }

  private OpenSocket post(String path, int bodyBytes) throws Exception {
    OpenSocket socket = OpenSocket.posting(server.port(), path, bodyBytes);
    open.add(socket);
    return socket;
  }

  private void restart(HttpBounds bounds) {
    server.close();
    server = start(bounds);
    http = new RawHttp(server.port());
  }

  private HttpServer start(HttpBounds bounds) {
    return HttpServer.start(
        new HttpListener("x", "127.0.0.1", 0, List.of(), List.of(), bounds),
        List.of(),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        config -> {
          config.routes.get("/echo", context -> context.result("echo"));
          config.routes.post("/echo", context -> context.result(context.body()));
          config.routes.get(
              "/large",
              context -> {
                context.res().getOutputStream().write(new byte[LARGE]);
                written.incrementAndGet();
              });
          config.routes.sse(
              "/events",
              events -> {
                events.keepAlive();
                events.sendEvent("first");
              });
          config.routes.get("/hold", context -> blocked.await());
        });
  }
}
