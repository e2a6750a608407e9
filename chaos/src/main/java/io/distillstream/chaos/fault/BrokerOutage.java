package io.distillstream.chaos.fault;

import io.distillstream.chaos.audit.Promise;
import io.distillstream.chaos.process.Stage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Broker and registry are away for as long as {@code --outage} says. Meanwhile the teacher has to
 * say so: alive, not ready, and 503 with a time at which to ask again.
 */
final class BrokerOutage implements Fault {
  /** After which every stage knows that the brokers are away. */
  private static final Duration NOTICED = Duration.ofSeconds(8);

  /** The default of {@code teacher.http.answer-within}, and some time for a busy machine. */
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

  private final Duration outage;
  private final HttpClient client = HttpClient.newHttpClient();

  BrokerOutage(Duration outage) {
    this.outage = outage;
  }

  @Override
  public String name() {
    return "broker-outage";
  }

  @Override
  public List<Stage> targets() {
    return List.of(Stage.CLUSTER);
  }

  @Override
  public Span lasts() {
    return new Span(outage, outage);
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws InterruptedException {
    scene.processes().of(Stage.CLUSTER).kill();
    try {
      long gone = System.nanoTime();
      if (duration.compareTo(NOTICED) > 0) {
        scene.pause(NOTICED);
        requireTold(scene);
      }
      Duration left = duration.minusNanos(System.nanoTime() - gone);
      scene.pause(left.isNegative() ? Duration.ZERO : left);
    } finally {
      scene.processes().of(Stage.CLUSTER).start();
    }
  }

  private void requireTold(Scene scene) throws InterruptedException {
    URI teacher = scene.processes().teacher();
    expect(scene, HttpRequest.newBuilder(teacher.resolve("/health/live")), 200);
    expect(scene, HttpRequest.newBuilder(teacher.resolve("/health/ready")), 503);
    HttpRequest.Builder predict =
        HttpRequest.newBuilder(teacher.resolve("/v1/predict"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"a small dog\"}"));
    HttpResponse<String> refused = expect(scene, predict, 503);
    if (refused != null && refused.headers().firstValue("Retry-After").isEmpty()) {
      scene.evidence().against(Promise.OUTAGES_ARE_TOLD, "503 without Retry-After");
    }
  }

  private @Nullable HttpResponse<String> expect(
      Scene scene, HttpRequest.Builder request, int status) throws InterruptedException {
    HttpRequest asked = request.timeout(ANSWER_WITHIN).build();
    try {
      HttpResponse<String> answer = client.send(asked, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != status) {
        scene
            .evidence()
            .against(
                Promise.OUTAGES_ARE_TOLD,
                "%s answered %d while the brokers were away, expected %d"
                    .formatted(asked.uri().getPath(), answer.statusCode(), status));
      }
      return answer;
    } catch (IOException e) {
      scene
          .evidence()
          .against(
              Promise.OUTAGES_ARE_TOLD,
              "%s did not answer within %s while the brokers were away: %s"
                  .formatted(asked.uri().getPath(), ANSWER_WITHIN, e));
      return null;
    }
  }
}
