package io.distillstream.teacher.http;

import io.distillstream.http.RefusedRequestException;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.publish.GroundTruthPublisher;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.NotLabelledException;
import io.distillstream.teacher.queue.Prediction;
import io.distillstream.teacher.queue.Refused;
import io.distillstream.teacher.queue.TrafficMetrics;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;

/**
 * The teacher over HTTP.
 *
 * <ul>
 *   <li>{@code POST /v1/predict} labels one text or many. One {@code text} is answered by one
 *       object, {@code texts} by {@code {"predictions": [...]}} in their order. With {@code
 *       "record": false} it answers only.
 *   <li>{@code POST /v1/ground-truth} takes the true label of an earlier request.
 *   <li>{@code GET /v1/model} says who answers.
 * </ul>
 *
 * <p>An answer with {@code "recorded": true} means that request and soft label are committed, one
 * with {@code "recorded": false} that nothing is or will be. A request that fails with 503 may be
 * repeated with the same request ids; it is trained on once.
 */
public final class TeacherApi {

  /** As long as the teacher pauses at most between two looks whether the cluster is back. */
  static final int OUTAGE_RETRY_SECONDS = 10;

  static final String PREDICT = "/v1/predict";

  /**
   * What requests may hold.
   *
   * @param texts of one call
   * @param textBytes of one text, in UTF-8
   * @param answerExpected within which an answer has to be expected for its texts to be taken
   * @param answerWithin how long a caller waits at most
   */
  public record Limits(int texts, int textBytes, Duration answerExpected, Duration answerWithin) {}

  private final Teacher teacher;
  private final LabelQueue queue;
  private final GroundTruthPublisher groundTruth;
  private final TrafficMetrics metrics;
  private final Limits limits;
  private final Supplier<Optional<String>> hindrance;
  private final Executor answering;
  private final InstantSource clock;
  private final QueueRefusals refusals;

  /**
   * @param hindrance why nothing can be published at this moment, as a clause; empty if it can
   */
  public TeacherApi(
      Teacher teacher,
      LabelQueue queue,
      GroundTruthPublisher groundTruth,
      TrafficMetrics metrics,
      Limits limits,
      Supplier<Optional<String>> hindrance,
      Executor answering,
      InstantSource clock) {
    this.teacher = teacher;
    this.queue = queue;
    this.groundTruth = groundTruth;
    this.metrics = metrics;
    this.limits = limits;
    this.hindrance = hindrance;
    this.answering = answering;
    this.clock = clock;
    this.refusals = new QueueRefusals(queue, metrics, limits);
  }

  /** Refuses calls that there is no time for before they are looked at any closer. */
  public Handler.Singleton early() {
    return new EarlyRefusal(queue, refusals, hindrance);
  }

  public void addTo(JavalinConfig config) {
    config.routes.post(PREDICT, this::predict);
    config.routes.post("/v1/ground-truth", this::acceptGroundTruth);
    config.routes.get("/v1/model", context -> context.json(model()));
  }

  private void predict(Context context) throws IOException, RefusedRequestException {
    Instant receivedAt = clock.instant();
    JsonBody body = JsonBody.read(context.bodyInputStream(), PredictRequest.FIELDS);
    PredictRequest request =
        PredictRequest.of(body, limits, teacher.labels(), () -> UUID.randomUUID().toString());
    List<HttpText> texts = handOver(request, receivedAt, CallSpans.of(context));
    CompletableFuture<?>[] answers =
        texts.stream().map(HttpText::answer).toArray(CompletableFuture<?>[]::new);
    context.future(
        () ->
            CompletableFuture.allOf(answers)
                .orTimeout(limits.answerWithin().toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync(
                    (done, failure) -> {
                      respond(context, texts, request, failure);
                      return null;
                    },
                    answering));
  }

  /** Queues the texts of a request, all or none. */
  private List<HttpText> handOver(PredictRequest request, Instant receivedAt, SpanContext trace)
      throws RefusedRequestException {
    int count = request.items().size();
    Optional<Unavailability> away = teacher.unavailability();
    if (away.isPresent()) {
      metrics.refused(TrafficMetrics.Reason.UNAVAILABLE, count);
      throw RefusedRequestException.unavailable(
          String.valueOf(NotLabelledException.during(away.get()).getMessage()),
          seconds(away.get().retryAfter()));
    }
    Optional<String> unrecordable = request.recorded() ? hindrance.get() : Optional.empty();
    if (unrecordable.isPresent()) {
      metrics.refused(TrafficMetrics.Reason.UNAVAILABLE, count);
      throw RefusedRequestException.unavailable(
          "Nothing can be recorded: %s; \"record\": false is answered"
              .formatted(unrecordable.get()),
          OUTAGE_RETRY_SECONDS);
    }
    // Asked first, because to measure texts that are refused would cost those that are not.
    requireTaken(queue.refusal(count, request.recorded()), count);
    List<HttpText> texts = new ArrayList<>(count);
    for (PredictRequest.Item item : request.items()) {
      texts.add(
          new HttpText(
              item.requestId(),
              item.text(),
              teacher.size(item.text()),
              receivedAt,
              item.groundTruth(),
              request.recorded(),
              trace,
              new CompletableFuture<>()));
    }
    requireTaken(queue.offer(texts), count);
    if (request.recorded()) {
      metrics.received(texts.size());
    } else {
      metrics.unrecorded(texts.size());
    }
    return texts;
  }

  private void respond(
      Context context, List<HttpText> texts, PredictRequest request, @Nullable Throwable failure) {
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      String message =
          cause instanceof TimeoutException
              ? "No answer within %s; it may be asked again".formatted(limits.answerWithin())
              : cause == null ? "unknown" : String.valueOf(cause.getMessage());
      int retrySeconds =
          cause instanceof NotLabelledException unlabelled
              ? unlabelled.retryAfter().map(TeacherApi::seconds).orElse(OUTAGE_RETRY_SECONDS)
              : OUTAGE_RETRY_SECONDS;
      // It may be recorded yet; asked again under the same ids it is trained on once.
      RefusedRequestException.unavailable(
              message,
              retrySeconds,
              Map.of("request_ids", texts.stream().map(HttpText::requestId).toList()))
          .answer(context);
      return;
    }
    List<Map<String, Object>> predictions =
        texts.stream().map(text -> describe(text.answer().join(), request.recorded())).toList();
    context.json(request.single() ? predictions.get(0) : Map.of("predictions", predictions));
  }

  /** As a header tells them: whole ones, at least one. */
  private static int seconds(Duration time) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.plusMillis(999).toSeconds()));
  }

  private void requireTaken(Optional<Refused> refusal, int texts) throws RefusedRequestException {
    if (refusal.isPresent()) {
      throw refusals.of(refusal.get(), texts);
    }
  }

  /** The most probable label first. */
  private Map<String, Object> describe(Prediction prediction, boolean recorded) {
    double[] probabilities = prediction.probabilities();
    Map<String, Double> ranked = new LinkedHashMap<>();
    IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> probabilities[c]).reversed())
        .forEach(c -> ranked.put(teacher.labels().label(c), probabilities[c]));
    Map.Entry<String, Double> best = ranked.entrySet().iterator().next();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("request_id", prediction.requestId());
    json.put("label", best.getKey());
    json.put("probability", best.getValue());
    json.put("probabilities", ranked);
    json.put("teacher_id", teacher.id());
    json.put("teacher_version", teacher.version());
    json.put("recorded", recorded);
    return json;
  }

  private void acceptGroundTruth(Context context) throws IOException, RefusedRequestException {
    Optional<String> unrecordable = hindrance.get();
    if (unrecordable.isPresent()) {
      throw RefusedRequestException.unavailable(
          "It cannot be published: " + unrecordable.get(), OUTAGE_RETRY_SECONDS);
    }
    List<String> fields = List.of("request_id", "label");
    JsonBody body = JsonBody.read(context.bodyInputStream(), fields);
    String requestId = required(body, "request_id", fields);
    String label = required(body, "label", fields);
    PredictRequest.requireId(requestId, "request_id");
    PredictRequest.requireLabel(label, "label", teacher.labels());
    context.future(
        () ->
            groundTruth
                .publish(requestId, label)
                .handleAsync(
                    (done, failure) -> {
                      if (failure == null) {
                        context.status(202).json(Map.of("request_id", requestId, "label", label));
                      } else {
                        RefusedRequestException.unavailable(
                                "It could not be published, send it again", OUTAGE_RETRY_SECONDS)
                            .answer(context);
                      }
                      return null;
                    },
                    answering));
  }

  private Map<String, Object> model() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("teacher_id", teacher.id());
    json.put("teacher_version", teacher.version());
    json.put("label_space", teacher.labels().fingerprint());
    json.put("labels", teacher.labels().labels());
    json.putAll(teacher.properties());
    return json;
  }

  private static String required(JsonBody body, String field, List<String> accepted)
      throws RefusedRequestException {
    String value = body.string(field).orElse(null);
    if (value == null) {
      throw RefusedRequestException.badRequest(
          "'" + field + "' is missing", Map.of("field", field, "accepted", accepted));
    }
    return value;
  }
}
