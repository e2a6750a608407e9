package io.distillstream.teacher.publish;

import static io.distillstream.teacher.queue.Fixtures.PIPELINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.teacher.publish.WindowPublisher.Outcome;
import io.distillstream.teacher.queue.CountedTraffic;
import io.distillstream.teacher.queue.Fixtures;
import io.distillstream.teacher.queue.Inference;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LengthTeacher;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.Pace;
import io.distillstream.teacher.queue.QueueBounds;
import io.distillstream.teacher.queue.Window;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.trace.RecordedSpans;
import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.trace.TraceHeaders;
import io.distillstream.wire.transaction.Transactions;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the trace of a request goes on with its soft label. */
class LabelSpansTest {

  private static final SpanContext CALL =
      SpanContext.create(
          "4bf92f3577b34da6a3ce929d0e0e4736",
          "00f067aa0ba902b7",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private final RecordedSpans recorded = new RecordedSpans();
  private final Spans traced = recorded.spans();
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final WireFormat wire = Fixtures.wire();

  @AfterEach
  void close() {
    wire.close();
  }

  @Test
  void shouldCarryTheCallInTheRequestAndTheLabellingInTheSoftLabel() throws Exception {
    publish(
        traced, new Window(1, 1, List.of(Fixtures.traced("h", "a b", CALL)), List.of(), Map.of()));

    SpanData label = recorded.only();
    assertThat(label.getParentSpanId()).isEqualTo(CALL.getSpanId());
    assertThat(label.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(carried("requests").getSpanId()).isEqualTo(CALL.getSpanId());
    assertThat(carried("soft-labels").getSpanId()).isEqualTo(label.getSpanId());
    assertThat(carried("soft-labels").getTraceId()).isEqualTo(CALL.getTraceId());
  }

  @Test
  void shouldGoOnWithTheTraceOfALoggedRequest() throws Exception {
    LogText text = Fixtures.log(0, 4, "a");
    TraceHeaders.write(CALL, text.source().headers());

    publish(traced, new Window(1, 1, List.of(), List.of(text), Map.of()));

    assertThat(recorded.only().getParentSpanId()).isEqualTo(CALL.getSpanId());
    assertThat(carried("soft-labels").getSpanId()).isEqualTo(recorded.only().getSpanId());
  }

  @Test
  void shouldPassOnTheTraceOfALoggedRequestWhereTheTeacherIsNotTraced() throws Exception {
    LogText text = Fixtures.log(0, 4, "a");
    TraceHeaders.write(CALL, text.source().headers());

    publish(Spans.none(), new Window(1, 1, List.of(), List.of(text), Map.of()));

    assertThat(carried("soft-labels").getSpanId()).isEqualTo(CALL.getSpanId());
  }

  @Test
  void shouldMarkDeadLetters() throws Exception {
    publish(traced, new Window(1, 1, List.of(), List.of(Fixtures.refused(0, 5)), Map.of()));

    assertThat(recorded.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void shouldMarkWhatWasNotCommitted() throws Exception {
    producer.commitTransactionException = new KafkaException("refused");

    assertThat(
            publish(
                traced,
                new Window(1, 1, List.of(Fixtures.traced("h", "a b", CALL)), List.of(), Map.of())))
        .isEqualTo(Outcome.ABORTED);

    assertThat(recorded.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  private Outcome publish(Spans spans, Window window) throws Exception {
    Pace pace = Fixtures.fast();
    LabelQueue queue =
        new LabelQueue(
            new QueueBounds(
                8, 4, 2, Duration.ZERO, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1)),
            pace);
    WindowPublisher publisher =
        new WindowPublisher(
            () -> Transactions.open(producer, 3),
            new TrafficRecords(PIPELINE, wire, Publication.DENSE, "", spans),
            new LengthTeacher(),
            queue,
            () -> new MockConsumer<String, byte[]>("earliest").groupMetadata(),
            new CountedTraffic(),
            InstantSource.system());
    publisher.connect();
    return publisher.publish(new Inference(new LengthTeacher(), 8, pace).run(window));
  }

  private SpanContext carried(String topic) {
    return producer.history().stream()
        .filter(record -> record.topic().equals(PIPELINE.name() + "." + topic))
        .map(record -> TraceHeaders.read(record.headers()))
        .findFirst()
        .orElseThrow();
  }
}
