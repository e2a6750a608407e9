package io.distillstream.teacher.traffic;

import static io.distillstream.teacher.traffic.TestedPipeline.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.teacher.http.TeacherClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers that always have more texts waiting than the teacher can answer, and a request log of
 * which the same is true, on a real broker.
 */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class FairShareIT {

  /** Each with four texts, where a window has eight. */
  private static final int CALLERS = 40;

  private static final int LOGGED = 20_000;

  @TempDir static Path folder;
  private final EmbeddedCluster cluster;
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  private TestedPipeline traffic;

  FairShareIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  /** Texts that the model has answered. */
  private record Answered(double http, double log) {

    static Answered by(TeacherClient client) throws IOException, InterruptedException {
      List<String> lines = client.get("/metrics").body().lines().toList();
      return new Answered(figure(lines, "http"), figure(lines, "log"));
    }

    private static double figure(List<String> lines, String source) {
      String name = "distillstream_model_texts_total{source=\"%s\"".formatted(source);
      return lines.stream()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }

    Answered since(Answered before) {
      return new Answered(http - before.http, log - before.log);
    }

    double share() {
      return http / (http + log);
    }
  }

  @BeforeEach
  void connect() {
    traffic = new TestedPipeline(cluster, folder);
  }

  @AfterEach
  void disconnect() {
    traffic.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.8})
  void shouldGiveCallersAndTheLogTheirSharesWhileBothAreOverloaded(double share) throws Exception {
    traffic.send(LOGGED);
    try (TeacherService service = traffic.service(512, share)) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      // Before a batch was measured callers are refused.
      await().atMost(PATIENCE).until(() -> Answered.by(client).log() > 0);
      List<CompletableFuture<Void>> callers =
          IntStream.range(0, CALLERS).mapToObj(i -> call(client)).toList();
      Answered begun = reached(client, new Answered(0, 0), 40);

      Answered flooded = reached(client, begun, 100);

      stopped = true;
      callers.forEach(CompletableFuture::join);
      assertThat(flooded.log()).as("the log has not come to its end").isLessThan(LOGGED - 1_000);
      assertThat(flooded.since(begun).share()).isCloseTo(share, within(0.06));
      assertThat(statuses).as("there is room for all that wait").containsOnly(200);
      // What callers leave is the log's.
      await().atMost(PATIENCE).until(() -> Answered.by(client).since(flooded).log() > CALLERS * 4);
    }
  }

  /** Calls again as soon as it is answered. */
  private CompletableFuture<Void> call(TeacherClient client) {
    return client
        .postAsync("/v1/predict", "{\"texts\": [\"a b c\", \"b c d\", \"c d e\", \"d e f\"]}")
        .thenCompose(
            answer -> {
              statuses.add(answer.statusCode());
              return stopped ? CompletableFuture.completedFuture(null) : call(client);
            });
  }

  /** Once both have come so much farther. */
  private static Answered reached(TeacherClient client, Answered from, int texts) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> Answered.by(client),
            now -> now.since(from).http() >= texts && now.since(from).log() >= texts);
  }
}
