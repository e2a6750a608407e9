package io.distillstream.teacher.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.Prediction;
import io.distillstream.teacher.queue.TrafficMetrics.Reason;
import io.distillstream.teacher.queue.Window;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A teacher that is too slow for what it is asked, over real HTTP. */
@Timeout(60)
class OverloadTest {

  private static final String CALL = "{\"text\": \"a\"}";

  private final ServedApi served = ServedApi.slow();

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void shouldRefuseWhatWouldWaitTooLongAndAnswerAllThatWasTaken() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> taken = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      taken.add(served.client.postAsync("/v1/predict", CALL));
      int waiting = i;
      await().until(() -> served.queue.depth() == waiting);
    }

    HttpResponse<String> refused = served.client.post("/v1/predict", CALL);

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After").map(Integer::parseInt))
        .hasValueSatisfying(seconds -> assertThat(seconds).isBetween(1, 60));
    assertThat(ServedApi.error(refused)).contains("no answer is expected within 1000 ms");
    assertThat(served.metrics.refused).isEqualTo(Map.of(Reason.OVERLOAD, 1));
    assertThat(served.client.get("/health/live").statusCode()).isEqualTo(200);

    await()
        .until(
            () -> {
              if (served.queue.depth() > 0) {
                answer(served.queue.take().orElseThrow());
              }
              return taken.stream().allMatch(CompletableFuture::isDone);
            });
    assertThat(taken).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    assertThat(served.metrics.received).isEqualTo(2);
  }

  private static void answer(Window window) {
    for (HttpText text : window.http()) {
      text.answer().complete(new Prediction(text.requestId(), new float[] {1, 0}));
    }
  }

  @Test
  void shouldCountAllTextsOfACallThatItRefuses() throws Exception {
    served.queue.offer(List.of(Fixtures.http("1", "a b c")));

    HttpResponse<String> refused =
        served.client.post(
            "/v1/predict", "{\"request_ids\": [\"x\", \"y\"], \"texts\": [\"a\", \"b\"]}");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(served.metrics.refused).isEqualTo(Map.of(Reason.OVERLOAD, 2));
  }

  @Test
  void shouldSayWhatIsWrongWithACallAlsoUnderOverload() throws Exception {
    served.queue.offer(List.of(Fixtures.http("1", "a b c")));

    assertThat(served.client.post("/v1/predict", "{\"texts\": [\"a\", 7]}").statusCode())
        .isEqualTo(400);
    assertThat(served.client.post("/v1/predict", "{\"text\": \"a\"").statusCode()).isEqualTo(400);
    assertThat(served.metrics.refused).isEmpty();
  }

  @Test
  void shouldRefuseTextsThatAreNotRecordedByTheSameRule() throws Exception {
    served.queue.offer(List.of(Fixtures.http("1", "a b c")));

    HttpResponse<String> refused =
        served.client.post("/v1/predict", "{\"text\": \"a\", \"record\": false}");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(served.metrics.unrecorded).isZero();
  }
}
