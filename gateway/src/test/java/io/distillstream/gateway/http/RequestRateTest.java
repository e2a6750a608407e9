package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestRateTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void shouldRefuseWhatIsAboveTheRateAndTakeTheClientAgainLater(@TempDir Path folder)
      throws Exception {
    try (ServedReads served = new ServedReads(folder, Optional.empty(), 2, Optional.empty())) {
      served.channels.complete();
      List<HttpResponse<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        answers.add(served.get("/v1/models"));
      }

      assertThat(answers.subList(0, 10)).allMatch(answer -> answer.statusCode() == 200);
      HttpResponse<byte[]> refused =
          answers.stream().filter(answer -> answer.statusCode() == 429).findFirst().orElseThrow();
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(new String(refused.body(), StandardCharsets.UTF_8))
          .contains("More than 2 requests a second came from this address");
      assertThat(served.get("/health/live").statusCode()).isEqualTo(200);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> served.get("/v1/models").statusCode() == 200);
    }
  }
}
