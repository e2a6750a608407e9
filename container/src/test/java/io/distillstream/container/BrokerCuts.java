package io.distillstream.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.chaos.traffic.GlossTraffic;
import io.distillstream.chaos.watch.CommittedOutput;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionFactory;

/**
 * Takes services off the brokers' network while traffic goes on, and gives it back: no byte comes
 * or goes, nobody is told, and no name is resolved. Times how long each takes to go on: signer and
 * monitor to be ready, the quantizer to settle a checkpoint, the gateway to take in a report, the
 * others to have new output.
 */
final class BrokerCuts {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Some seconds' worth of what goes on meanwhile. */
  private static final int ANSWERS = 100;

  private static final int REFUSALS = 12;
  private static final int CHECKPOINTS = 2;

  private final ComposeStack stack;
  private final GlossTraffic traffic;
  private final CommittedOutput output;
  private final SettledCheckpoints settled;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Long> recoveries = new TreeMap<>();

  BrokerCuts(
      ComposeStack stack,
      GlossTraffic traffic,
      CommittedOutput output,
      SettledCheckpoints settled) {
    this.stack = stack;
    this.traffic = traffic;
    this.output = output;
    this.settled = settled;
  }

  /**
   * Cuts every service once, some together that do not wait for each other.
   *
   * @return for each service the milliseconds from the end of its cut until it went on
   */
  Map<String, Long> run() throws InterruptedException {
    long retried = traffic.retried();
    cut(List.of("teacher"), () -> refusesCallers() && traffic.retried() >= retried + REFUSALS);
    // Nothing else waits for it.
    stack.run("up", "--detach", "--no-deps", "--pull=never", "--wait", "gateway");
    long answered = traffic.answered();
    cut(List.of("trainer", "monitor", "gateway"), () -> traffic.answered() >= answered + ANSWERS);
    // Else the other one settles what comes.
    stack.run("stop", "quantizer-2");
    long trained = newestCheckpoint();
    cut(List.of("quantizer", "signer"), () -> newestCheckpoint() >= trained + CHECKPOINTS);
    return new TreeMap<>(recoveries);
  }

  private void cut(List<String> services, Callable<Boolean> meanwhile) throws InterruptedException {
    services.forEach(stack::disconnect);
    for (String service : services) {
      waiting(service + " says that it is cut off").until(() -> saysThatItIsCutOff(service));
      assertThat(stack.answer(service, "/health/live"))
          .as(() -> "%s lives; it has printed:%n%s".formatted(service, stack.logs(service)))
          .startsWith(ComposeStack.OK);
    }
    waiting("the others go on without " + services).until(meanwhile);
    // Nobody settles anything while the quantizer is cut off.
    long checkpoints = settled.count();
    services.forEach(stack::connect);

    long end = System.nanoTime();
    long trained = newestCheckpoint();
    List<String> away = new ArrayList<>(services);
    waiting(services + " go on")
        .until(
            () -> {
              for (String service : services) {
                if (away.contains(service) && goesOn(service, trained, checkpoints)) {
                  away.remove(service);
                  recoveries.put(service, (System.nanoTime() - end) / 1_000_000);
                }
              }
              return away.isEmpty();
            });
  }

  /** A gateway serves what it has, and takes in nothing. */
  private boolean saysThatItIsCutOff(String service) throws IOException, InterruptedException {
    return service.equals("gateway")
        ? report().statusCode() == 503
        : !stack.answers(service, "/health/ready");
  }

  private boolean goesOn(String service, long trained, long checkpoints)
      throws IOException, InterruptedException {
    return stack.answers(service, "/health/ready")
        && switch (service) {
          case "teacher" -> predict(true).statusCode() == 200;
          case "trainer" -> newestCheckpoint() > trained;
          case "quantizer" -> settled.count() > checkpoints;
          case "gateway" -> report().statusCode() == 204;
          default -> true;
        };
  }

  /** What a caller is told by a teacher that cannot record anything. */
  private boolean refusesCallers() throws IOException, InterruptedException {
    HttpResponse<String> recorded = predict(true);
    assertThat(recorded.statusCode()).as(recorded.body()).isEqualTo(503);
    assertThat(recorded.headers().firstValue("Retry-After")).isPresent();
    assertThat(predict(false).statusCode()).isEqualTo(200);
    return true;
  }

  private HttpResponse<String> predict(boolean recorded) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(stack.teacher().resolve("/v1/predict"))
            .header("Content-Type", "application/json")
            .timeout(PATIENCE)
            .POST(
                BodyPublishers.ofString(
                    "{\"text\": \"a small bird\", \"record\": %b}".formatted(recorded)))
            .build(),
        BodyHandlers.ofString());
  }

  /** What a device is answered that tells of an update. */
  private HttpResponse<String> report() throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(stack.gateway().resolve("/v1/reports"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + ComposeStack.TOKEN)
            .timeout(PATIENCE)
            .POST(
                BodyPublishers.ofString(
                    """
                    {"device_id": "cut", "model": "student", "channel": "stable", "version": 1,
                     "outcome": "INSTALLED", "reason": null, "answers_served": 0,
                     "arrivals": {"starts_millis": [], "counts": []}, "at": "%s"}
                    """
                        .formatted(Instant.now())))
            .build(),
        BodyHandlers.ofString());
  }

  private long newestCheckpoint() {
    return output.checkpoints().isEmpty() ? 0 : output.checkpoints().lastKey();
  }

  private static ConditionFactory waiting(String what) {
    return await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(250));
  }
}
