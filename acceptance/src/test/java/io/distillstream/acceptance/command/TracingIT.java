package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.kafka.KafkaDevice;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.runtime.tracing.ExportListener;
import io.distillstream.runtime.tracing.ExportPlan;
import io.distillstream.runtime.tracing.OtlpReceiver;
import io.distillstream.runtime.tracing.OtlpReceiver.Received;
import io.distillstream.runtime.tracing.Tracing;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The traces of a whole pipeline, as a collector gets them. */
class TracingIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final String SECRET = "a rather particular kind of domestic animal";
  private static final int PER_ROUND = 50;

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicInteger sent = new AtomicInteger();

  @Test
  void shouldLeadFromACallToTheDeviceThatHasLearnedIt(@TempDir Path folder) throws Exception {
    try (OtlpReceiver collector = OtlpReceiver.start();
        LocalPipeline pipeline =
            SmallPipeline.start(
                folder.resolve("data"),
                Map.of("tracing.otlp-endpoint", collector.endpoint().toString()));
        Tracing ofDevice =
            Tracing.start(
                Optional.of(new ExportPlan(collector.endpoint(), 1, Map.of())),
                pipeline.cluster().pipeline().name(),
                "d1");
        DeviceClient device =
            KafkaDevice.open(
                DeviceSettings.of("d1", "student", "stable", folder.resolve("device")),
                pipeline.cluster().connection(),
                pipeline.cluster().pipeline(),
                ofDevice.stage("device", Tracing.Roots.ALL, ExportListener.NONE))) {
      device.start();
      // The quantizer skips checkpoints, and an update that a newer one overtakes is not installed.
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                pipeline.requireAlive();
                call(pipeline);
                int from = sent.getAndAdd(PER_ROUND);
                GlossTraffic.send(pipeline.cluster(), from, from + PER_ROUND);
                return !wayOf(collector).isEmpty();
              });

      List<Received> way = wayOf(collector);
      assertThat(way)
          .extracting(Received::service)
          .containsExactly(
              "distillstream-device",
              "distillstream-quantizer",
              "distillstream-quantizer",
              "distillstream-trainer",
              "distillstream-joiner",
              "distillstream-teacher",
              "distillstream-teacher");
      assertThat(way).noneMatch(Received::failed);
      assertThat(way.subList(0, 4)).extracting(Received::trace).containsOnly(way.get(0).trace());
      assertThat(way.subList(4, 7)).extracting(Received::trace).containsOnly(TRACE);
      assertThat(way.get(6).parent()).isEqualTo(CALLER);
      assertThat(way.get(0).resource())
          .containsEntry("service.namespace", pipeline.cluster().pipeline().name())
          .containsEntry("service.instance.id", "d1");
      assertThat(way.get(1).attributes()).containsEntry("messaging.operation.type", "send");

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  collector.spans("sign").stream()
                      .anyMatch(sign -> sign.trace().equals(way.get(0).trace())));
      assertThat(collector.spans()).noneMatch(span -> span.span().toString().contains(SECRET));
      assertThat(pipeline.report("teacher").getCounters().get("spans_exported")).isPositive();
    }
  }

  /** One that names the caller's span, as its client's library would. */
  private void call(LocalPipeline pipeline) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(pipeline.teacherUrl() + "/v1/predict"))
            .header("Content-Type", "application/json")
            .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
            .POST(
                BodyPublishers.ofString(
                    "{\"texts\": [\"%s\", \"%s 2\"]}".formatted(SECRET, SECRET)))
            .build();
    // A busy teacher asks to come back, which the next call does.
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isIn(200, 429, 503);
  }

  /**
   * The spans of an installation and of what led to it, back to the call; empty until there are.
   */
  private static List<Received> wayOf(OtlpReceiver collector) {
    for (Received install : collector.spans("install")) {
      List<Received> way = new ArrayList<>(List.of(install));
      if (climb(collector, way, "publish", "quantize", "checkpoint")) {
        Received checkpoint = way.get(way.size() - 1);
        for (Received join : collector.spans("join")) {
          List<Received> learned = new ArrayList<>(way);
          learned.add(join);
          if (checkpoint.links().contains(join.id())
              && climb(collector, learned, "label", "POST /v1/predict")) {
            return learned;
          }
        }
      }
    }
    return List.of();
  }

  /** Adds the parents of the last, which are to have these names. */
  private static boolean climb(OtlpReceiver collector, List<Received> way, String... names) {
    for (String name : names) {
      String parent = way.get(way.size() - 1).parent();
      Optional<Received> found =
          collector.spans(name).stream().filter(span -> span.id().equals(parent)).findFirst();
      if (found.isEmpty()) {
        return false;
      }
      way.add(found.get());
    }
    return true;
  }
}
