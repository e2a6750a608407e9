package io.distillstream.local.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpFeedTest {

  private static final List<TrafficItem> BATCH =
      List.of(new TrafficItem("a", "a small bird", Optional.empty()));

  private HttpServer teacher;

  @BeforeEach
  void serve() throws IOException {
    teacher = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    teacher.createContext(
        "/v1/predict",
        exchange -> {
          byte[] answer = "{\"error\": \"too much for this one\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(413, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    teacher.start();
  }

  @AfterEach
  void stop() {
    teacher.stop(0);
  }

  @Test
  void shouldSayWhyItFailedWhereItIsClosedOverThat() {
    assertThatThrownBy(
            () -> {
              try (HttpFeed feed = feed()) {
                while (true) {
                  feed.send(BATCH);
                }
              }
            })
        .isInstanceOf(FeedException.class)
        .hasMessageContaining("too much for this one");
  }

  @Test
  void shouldSayAtItsEndWhatFailedAfterTheLastRequest() {
    HttpFeed feed = feed();
    feed.send(BATCH);

    assertThatThrownBy(feed::close)
        .isInstanceOf(FeedException.class)
        .hasMessageContaining("too much for this one");
  }

  private HttpFeed feed() {
    return new HttpFeed(
        "http://127.0.0.1:" + teacher.getAddress().getPort(), 1, Duration.ofSeconds(5));
  }
}
