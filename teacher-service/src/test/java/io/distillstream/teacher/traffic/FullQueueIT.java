package io.distillstream.teacher.traffic;

import static io.distillstream.teacher.traffic.TestedPipeline.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.teacher.http.TeacherClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What callers and the log see of a full queue, on a real broker. */
@Timeout(120)
@ExtendWith(SharedCluster.class)
class FullQueueIT {

  private static final String CALL = "{\"texts\": [\"a b\", \"c\"]}";

  @TempDir static Path folder;
  private final EmbeddedCluster cluster;

  private TestedPipeline traffic;

  FullQueueIT(EmbeddedCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void connect() {
    traffic = new TestedPipeline(cluster, folder);
  }

  @AfterEach
  void disconnect() {
    traffic.close();
  }

  @Test
  void shouldAskCallersToComeBackWhileTheModelStandsStill() throws Exception {
    try (TeacherService service = traffic.service(4)) {
      service.start();
      TeacherClient client = new TeacherClient(service.port());
      traffic.teacher.hold();
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      answers.add(client.postAsync("/v1/predict", CALL));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(client.get("/metrics").body())
                      .as("the model has the first call")
                      .contains("distillstream_records_received_total{stage=\"teacher\"} 2.0")
                      .contains("distillstream_queue_depth{stage=\"teacher\"} 0.0"));
      // The hand-off may take another, so how many fit is not exact.
      HttpResponse<String> refused =
          await()
              .atMost(PATIENCE)
              .until(
                  () -> {
                    answers.add(client.postAsync("/v1/predict", CALL));
                    return answers.stream()
                        .filter(CompletableFuture::isDone)
                        .map(CompletableFuture::join)
                        .filter(answer -> answer.statusCode() == 429)
                        .findFirst();
                  },
                  Optional::isPresent)
              .orElseThrow();
      assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, 60);
      assertThat(TeacherClient.json(refused).get("error").asText())
          .contains("no answer is expected");

      traffic.teacher.release();
      answers.forEach(CompletableFuture::join);
      long answered = answers.stream().filter(a -> a.join().statusCode() == 200).count();
      assertThat(answered).isPositive();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(traffic.softLabels()).hasSize((int) answered * 2));
    }
  }

  @Test
  void shouldPauseTheLogWhenTheQueueIsFullAndLoseNothing() throws Exception {
    try (TeacherService service = traffic.service(4)) {
      traffic.teacher.hold();
      service.start();
      List<String> sent = traffic.send(60);
      traffic.teacher.allow(1);
      await().atMost(PATIENCE).until(() -> !traffic.softLabels().isEmpty());
      assertThat(traffic.softLabels()).hasSizeLessThan(20);

      traffic.teacher.release();

      traffic.awaitSoftLabelsOf(sent);
    }
  }
}
