package io.distillstream.gateway.http;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.http.RefusedRequestException;
import io.distillstream.update.ReportJson;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.update.ReportProducer;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * What devices say: {@code POST /v1/reports} takes what became of an update, {@code POST
 * /v1/status} how a device is. Answered once all replicas have it, and may be sent again else.
 */
public final class ReportApi {

  private static final int RETRY_SECONDS = 10;

  private final ReportProducer producer;
  private final Supplier<Optional<String>> hindrance;
  private final Executor answering;
  private final GatewayMetrics metrics;

  /**
   * @param producer borrowed
   * @param hindrance why nothing can be written at this moment, as a clause; empty if it can
   * @param answering where answers are made
   */
  public ReportApi(
      ReportProducer producer,
      Supplier<Optional<String>> hindrance,
      Executor answering,
      GatewayMetrics metrics) {
    this.producer = producer;
    this.hindrance = hindrance;
    this.answering = answering;
    this.metrics = metrics;
  }

  public void addTo(JavalinConfig config) {
    config.routes.post(
        "/v1/reports",
        context ->
            take(
                context, json -> producer.send(ReportJson.readReport(json)), metrics::reportTaken));
    config.routes.post(
        "/v1/status",
        context ->
            take(
                context, json -> producer.send(ReportJson.readStatus(json)), metrics::statusTaken));
  }

  private void take(Context context, Function<byte[], CompletableFuture<Void>> send, Runnable taken)
      throws RefusedRequestException {
    CompletableFuture<Void> sent = send(context.bodyAsBytes(), send);
    context.future(
        () ->
            sent.handleAsync(
                (done, failure) -> {
                  if (failure == null) {
                    taken.run();
                    context.status(Answers.NO_CONTENT);
                  } else {
                    metrics.reportRefused();
                    refusal(failure).answer(context);
                  }
                  return null;
                },
                answering));
  }

  private CompletableFuture<Void> send(byte[] json, Function<byte[], CompletableFuture<Void>> send)
      throws RefusedRequestException {
    Optional<String> why = hindrance.get();
    if (why.isPresent()) {
      metrics.reportRefused();
      throw RefusedRequestException.unavailable(
          "It cannot be taken in: " + why.get(), RETRY_SECONDS);
    }
    try {
      return send.apply(json);
    } catch (InvalidJsonException e) {
      metrics.reportRefused();
      throw RefusedRequestException.badRequest(
          String.valueOf(e.getMessage()),
          e.field().isEmpty() ? Map.of() : Map.of("field", e.field()));
    } catch (KafkaException | RegistryUnavailableException e) {
      metrics.reportRefused();
      throw refusal(e);
    }
  }

  private static RefusedRequestException refusal(Throwable failure) {
    return failure instanceof RecordTooLargeException
        ? RefusedRequestException.tooLarge("It is larger than the Kafka cluster takes")
        : RefusedRequestException.unavailable(
            "It could not be written to Kafka, send it again", RETRY_SECONDS);
  }
}
