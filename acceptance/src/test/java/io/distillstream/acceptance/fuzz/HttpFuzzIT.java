package io.distillstream.acceptance.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Whatever bytes a connection brings, every server of a running pipeline answers as it should or
 * hangs up, and goes on. {@code -Dfuzz.seconds=600} tries for longer, {@code -Dfuzz.seed=} others.
 */
class HttpFuzzIT {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 6);
  private static final long SEED = Long.getLong("fuzz.seed", 1);

  /** Seeds that found a fault once. */
  private static final List<Long> FOUND = List.of(5_382L);

  private static final int READ_MILLIS = 100;
  private static final int MOST_READ = 1 << 16;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");

  /** What a server says of itself when it failed, or of what it cannot do. */
  private static final List<Integer> REFUSALS_OF_SERVERS = List.of(501, 503, 505);

  @Test
  void shouldAnswerOrHangUpAndGoOn(@TempDir Path folder) throws Exception {
    Map<String, String> values =
        Map.of(
            "data.folder", folder.toString(),
            "local.broker-port", "0",
            "local.registry-port", "0",
            "teacher.http.port", "0",
            "monitor.port", "0",
            "gateway.port", "0",
            "trainer.width", "32",
            "trainer.blocks", "1",
            "trainer.embedding-start", "random");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    try (LocalPipeline pipeline =
        LocalPipeline.start(
            ServicePlan.embedded(Settings.load(AllSettings.list(), values)), line -> {})) {
      logged.start();
      root.addAppender(logged);
      List<URI> servers =
          List.of("page", "teacher", "gateway", "registry").stream()
              .map(name -> URI.create(pipeline.addresses().get(name)))
              .toList();
      int sent = fuzz(servers);

      assertThat(sent).isGreaterThan((FOUND.size() + 1) * servers.size());
      pipeline.requireAlive();
      for (URI server : servers.subList(0, 3)) {
        assertThat(status(HttpRequest.newBuilder(server.resolve("/health/live")))).isEqualTo(200);
      }
      assertThat(status(HttpRequest.newBuilder(servers.get(3).resolve("/subjects"))))
          .isEqualTo(200);
      assertThat(status(prediction(pipeline.teacherUrl()))).isEqualTo(200);
      assertThat(logged.list).filteredOn(HttpFuzzIT::isFaultOfServer).isEmpty();
    } finally {
      root.detachAppender(logged);
    }
  }

  /** Returns how many requests were sent. */
  private static int fuzz(List<URI> servers) throws IOException {
    int sent = 0;
    for (long seed : FOUND) {
      sent += send(seed, servers);
    }
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    for (long seed = SEED; System.nanoTime() < end; seed++) {
      sent += send(seed, servers);
    }
    return sent;
  }

  private static int send(long seed, List<URI> servers) throws IOException {
    byte[] request = new HostileRequests(seed).next();
    for (URI server : servers) {
      String answer = exchange(server, request);
      judge(answer, "Seed %d at %s: %s".formatted(seed, server, answer));
    }
    return servers.size();
  }

  /** What comes within a moment; streams would go on. */
  private static String exchange(URI server, byte[] request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      socket.setSoTimeout(READ_MILLIS);
      StringBuilder answer = new StringBuilder();
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
        byte[] piece = new byte[MOST_READ];
        int read = socket.getInputStream().read(piece);
        while (read >= 0 && answer.length() < MOST_READ) {
          answer.append(new String(piece, 0, read, ISO_8859_1));
          read = socket.getInputStream().read(piece);
        }
      } catch (IOException e) {
        // It hung up, or has no more to say.
      }
      return answer.toString();
    }
  }

  private static void judge(String answer, String what) {
    List<Integer> failures = new ArrayList<>();
    Matcher matcher = STATUS.matcher(answer);
    while (matcher.find()) {
      int status = Integer.parseInt(matcher.group(1));
      if (status >= 500 && !REFUSALS_OF_SERVERS.contains(status)) {
        failures.add(status);
      }
    }
    assertThat(failures).as(what).isEmpty();
    assertThat(answer)
        .as(what)
        .doesNotContain("root:x:0")
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
  }

  /**
   * The broker, which no request reaches, has errors to tell of a machine that stood still, too.
   */
  private static boolean isFaultOfServer(ILoggingEvent event) {
    return event.getLevel().isGreaterOrEqual(Level.ERROR)
        && !event.getLoggerName().startsWith("org.apache.kafka.");
  }

  private static HttpRequest.Builder prediction(String teacher) {
    return HttpRequest.newBuilder(URI.create(teacher + "/v1/predict"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"texts\": [\"a small cat\"]}"));
  }

  private static int status(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
