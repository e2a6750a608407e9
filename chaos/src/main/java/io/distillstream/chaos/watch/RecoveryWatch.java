package io.distillstream.chaos.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcesses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Waits until every stage does its work again after a fault, which is seen from what it puts out:
 *
 * <ul>
 *   <li>cluster: it says where the committed records end
 *   <li>teacher: it is ready and has answered traffic
 *   <li>joiner, trainer, quantizer: they have committed an example, a checkpoint, an update
 *   <li>monitor: it is ready and its status is of a time after the fault
 *   <li>device: it answers with the version that was the newest when the fault ended, or a newer
 *       one
 * </ul>
 */
public final class RecoveryWatch {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
  private static final int OK = 200;

  private final StageProcesses processes;
  private final CommittedOutput output;
  private final LongSupplier answered;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ObjectMapper json = new ObjectMapper();

  /**
   * @param answered how many requests the teacher has answered so far
   */
  public RecoveryWatch(StageProcesses processes, CommittedOutput output, LongSupplier answered) {
    this.processes = processes;
    this.output = output;
    this.answered = answered;
  }

  /** What had been put out when the fault had ended and the cluster answered. */
  private record Baseline(
      CommittedOutput.Mark mark, long answered, Instant at, long published, long deviceAnswers) {}

  /**
   * Call when a fault has ended, or what it killed was started again.
   *
   * @return how long each stage took from then; those that did not recover are missing
   */
  public Map<Stage, Duration> await(Duration patience) throws InterruptedException {
    long ended = System.nanoTime();
    Map<Stage, Duration> recovered = new EnumMap<>(Stage.class);
    while (!processes.of(Stage.CLUSTER).isRunning() && since(ended).compareTo(patience) < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
    Optional<CommittedOutput.Mark> mark = output.mark(patience.minus(since(ended)));
    if (mark.isEmpty()) {
      return recovered;
    }
    Baseline baseline =
        new Baseline(
            mark.get(),
            answered.getAsLong(),
            Instant.now(),
            output.newestPublished(),
            processes.device().answers());
    recovered.put(Stage.CLUSTER, since(ended));
    Set<Stage> waiting = EnumSet.complementOf(EnumSet.of(Stage.CLUSTER));
    while (!waiting.isEmpty() && since(ended).compareTo(patience) < 0) {
      for (Stage stage : EnumSet.copyOf(waiting)) {
        if (processes.of(stage).isRunning() && isBack(stage, baseline)) {
          recovered.put(stage, since(ended));
          waiting.remove(stage);
        }
      }
      TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
    }
    return recovered;
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  private boolean isBack(Stage stage, Baseline baseline) throws InterruptedException {
    return switch (stage) {
      case CLUSTER -> true;
      case TEACHER ->
          answered.getAsLong() > baseline.answered()
              && status(processes.teacher().resolve("/health/ready")) == OK;
      case JOINER, TRAINER, QUANTIZER -> output.advanced(stage, baseline.mark());
      case MONITOR ->
          status(processes.monitor().resolve("/health/ready")) == OK && statusIsOf(baseline.at());
      case DEVICE ->
          processes.device().answers() > baseline.deviceAnswers()
              && processes.device().newest() >= baseline.published();
    };
  }

  private int status(URI address) throws InterruptedException {
    try {
      return client
          .send(
              HttpRequest.newBuilder(address).timeout(ANSWER_WITHIN).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private boolean statusIsOf(Instant earliest) throws InterruptedException {
    try {
      JsonNode status =
          json.readTree(
              client
                  .send(
                      HttpRequest.newBuilder(processes.monitor().resolve("/api/status"))
                          .timeout(ANSWER_WITHIN)
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body());
      return status.path("connected").asBoolean()
          && Instant.parse(status.path("at").asText()).isAfter(earliest);
    } catch (IOException e) {
      return false;
    }
  }
}
