package io.distillstream.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.Completion;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.openai.ScriptedUpstream;
import io.distillstream.wire.ClusterConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which exchanges of clients leave a record on the topic, and how the others are counted. */
class SamplingIT {

  private static final AtomicInteger PIPELINES = new AtomicInteger();
  private static final String LONG =
      "Sort this message of a customer into one of the classes delivery, payment and other, and say"
          + " nothing else. The message, of the 12th of March, number 4711, reads: where is my bicycle"
          + " that I bought of you three weeks ago? Nobody answers the telephone.";

  @TempDir static Path clusterFolder;
  @TempDir Path data;
  private static EmbeddedCluster cluster;
  private ScriptedUpstream upstream;

  @BeforeAll
  static void startCluster() {
    cluster = EmbeddedCluster.start(clusterFolder);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @BeforeEach
  void start() throws IOException {
    upstream = new ScriptedUpstream();
  }

  @AfterEach
  void stop() throws IOException {
    upstream.close();
  }

  @Test
  void shouldRecordPromptsThatAreNearlyTheSameOnce() throws Exception {
    answer("delivery", -0.5);
    String numbered = LONG.replace("4711", "4712");
    try (TapFixture tap = tap(Map.of("tap.near-duplicate-window", "1h"))) {
      for (String asked : List.of(LONG, LONG, numbered, "Where is Rome?", "Where is Ulm?", LONG)) {
        ask(tap, asked, "delivery");
      }
      awaitAll(tap, 6);
      assertThat(unrecorded(tap, "near-duplicate")).isEqualTo(3);
      assertThat(tap.completions(3))
          .extracting(Completion::getPrompt)
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(LONG, "Where is Rome?", "Where is Ulm?")
                  .map(text -> "[{\"role\":\"user\",\"content\":\"%s\"}]".formatted(text))
                  .toList());
    }
  }

  @Test
  void shouldNotDrownRareLabels() throws Exception {
    try (TapFixture tap = tap(Map.of("tap.label-share", "0.01"))) {
      for (int i = 0; i < 400; i++) {
        String label = i % 40 == 39 ? "payment" : "delivery";
        answer(label, -0.5);
        ask(tap, "number " + i, label);
      }
      awaitAll(tap, 400);
      double omitted = unrecorded(tap, "frequent-label");
      // The first 29 are no evidence yet; of the others about 29 / n are recorded at the nth.
      assertThat(omitted).isBetween(230.0, 340.0);
      assertThat(tap.metric("distillstream_tap_exchanges_thinned_total{reason=\"frequent-label\""))
          .isBetween(omitted + 1, 390.0);
      assertThat(tap.completions(400 - (int) omitted))
          .hasSize(400 - (int) omitted)
          .filteredOn(completion -> completion.getText().equals("payment"))
          .hasSize(10);
    }
  }

  @Test
  void shouldRecordOnlyWhatTheModelWasNotSureOf() throws Exception {
    try (TapFixture tap = tap(Map.of("tap.sure-rate", "0", "tap.sure-entropy", "0.2"))) {
      for (int i = 0; i < 5; i++) {
        answer("sure", -0.001);
        ask(tap, "a", "sure");
        answer("unsure", -0.7);
        ask(tap, "b", "unsure");
        upstream.play(
            (asked, out) -> ScriptedUpstream.plain(out, 200, "", answered("untold", "null")));
        ask(tap, "c", "untold");
      }
      awaitAll(tap, 15);
      assertThat(unrecorded(tap, "sure")).isEqualTo(5);
      assertThat(tap.metric("distillstream_tap_exchanges_thinned_total{reason=\"sure\""))
          .isEqualTo(5);
      assertThat(tap.completions(10))
          .extracting(Completion::getText)
          .hasSize(10)
          .containsOnly("unsure", "untold");
    }
  }

  @Test
  void shouldPassWhatThereIsNoMemoryToRecord() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    try (TapFixture tap = tap(Map.of("tap.max-recording-bytes", "65536"))) {
      upstream.play(
          (asked, out) -> {
            if (asked.body().contains("held")) {
              waitFor(released);
            }
            ScriptedUpstream.plain(out, 200, "", answered("other", "null"));
          });
      CompletableFuture<Void> held =
          CompletableFuture.runAsync(() -> askUnchecked(tap, "held" + "x".repeat(55_000)));
      await().atMost(TapFixture.PATIENCE).until(() -> upstream.asked.size() == 1);
      ask(tap, "y".repeat(20_000), "other");
      assertThat(unrecorded(tap, "memory-full")).isEqualTo(1);

      released.countDown();
      held.join();
      awaitAll(tap, 2);
      await()
          .atMost(TapFixture.PATIENCE)
          .until(() -> tap.metric("distillstream_tap_recording_bytes") == 0);
      ask(tap, "z".repeat(20_000), "other");
      awaitAll(tap, 3);
      assertThat(unrecorded(tap, "memory-full")).isEqualTo(1);
    } finally {
      released.countDown();
    }
  }

  private static void askUnchecked(TapFixture tap, String question) {
    try {
      ask(tap, question, "other");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void waitFor(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private TapFixture tap(Map<String, String> settings) {
    return new TapFixture(
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
        "sampling-" + PIPELINES.incrementAndGet(),
        data,
        upstream.url(),
        settings);
  }

  /** A client that asks for log-probabilities, so that they are there from the first answer on. */
  private static void ask(TapFixture tap, String question, String answer) throws Exception {
    String body =
        "{\"model\":\"m\",\"logprobs\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted(question);
    assertThat(tap.ask(body).body()).as("as the upstream said it").contains(answer);
  }

  private void answer(String text, double logProbability) {
    String logprobs =
        "{\"content\":[{\"token\":\"%s\",\"logprob\":%s,\"top_logprobs\":[]}]}"
            .formatted(text, logProbability);
    upstream.play((asked, out) -> ScriptedUpstream.plain(out, 200, "", answered(text, logprobs)));
  }

  private static String answered(String text, String logprobs) {
    return "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"%s\"},\"logprobs\":%s,\"finish_reason\":\"stop\"}]}"
        .formatted(text, logprobs);
  }

  private static double unrecorded(TapFixture tap, String reason) throws Exception {
    return tap.metric(
        "distillstream_tap_exchanges_unrecorded_total{reason=\"%s\"".formatted(reason));
  }

  /** Until each exchange is recorded, or counted as one that is not. */
  private static void awaitAll(TapFixture tap, int exchanges) {
    await()
        .atMost(TapFixture.PATIENCE)
        .until(
            () ->
                tap.metric("distillstream_tap_completions_total")
                        + tap.metric("distillstream_tap_exchanges_unrecorded_total")
                    == exchanges);
  }
}
