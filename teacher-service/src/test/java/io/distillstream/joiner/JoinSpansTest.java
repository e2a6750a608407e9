package io.distillstream.joiner;

import static io.distillstream.joiner.DrivenTopology.WAIT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.wire.trace.RecordedSpans;
import io.distillstream.wire.trace.TraceHeaders;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/** How the trace of a request goes on with its training example. */
class JoinSpansTest {

  private final RecordedSpans recorded = new RecordedSpans();

  @Test
  void shouldPassOnAContextWhereTheJoinerIsNotTraced() {
    try (DrivenTopology topology = new DrivenTopology(1)) {
      topology.softLabels.pipeInput(opinion(topology, "minilm", context(1)));
      topology.advance(WAIT.plusMillis(51));

      assertThat(TraceHeaders.read(topology.examples.readRecord().headers()))
          .isEqualTo(TraceHeaders.read(headers(context(1))));
    }
  }

  @Test
  void shouldAddNoHeaderWhereNothingIsTraced() {
    try (DrivenTopology topology = new DrivenTopology(1)) {
      topology.softLabels.pipeInput("a", topology.softLabel("a", "minilm"));
      topology.advance(WAIT.plusMillis(51));

      assertThat(topology.examples.readRecord().headers().toArray()).isEmpty();
    }
  }

  @Test
  void shouldSpanTheWaitBelowTheFirstOpinionAndLinkToTheOthers() {
    try (DrivenTopology topology = new DrivenTopology(2, recorded.spans())) {
      topology.softLabels.pipeInput(opinion(topology, "one", context(1)));
      topology.advance(WAIT.dividedBy(2));
      topology.softLabels.pipeInput(opinion(topology, "two", context(2)));
      topology.groundTruth.pipeInput("a", topology.truth("a", "noun.animal"));

      SpanData join = recorded.only();
      assertThat(join.getParentSpanId()).isEqualTo(context(1).getSpanId());
      assertThat(join.getLinks())
          .extracting(link -> link.getSpanContext().getSpanId())
          .containsExactly(context(2).getSpanId());
      assertThat(join.getEndEpochNanos() - join.getStartEpochNanos())
          .isEqualTo(TimeUnit.MILLISECONDS.toNanos(WAIT.dividedBy(2).toMillis()));
      SpanContext carried = TraceHeaders.read(topology.examples.readRecord().headers());
      assertThat(carried.getSpanId()).isEqualTo(join.getSpanId());
      assertThat(carried.getTraceId()).isEqualTo(context(1).getTraceId());
    }
  }

  @Test
  void shouldMarkDeadLettersAndLeaveTheirHeaders() {
    try (DrivenTopology topology = new DrivenTopology(1, recorded.spans())) {
      topology.softLabels.pipeInput(
          new TestRecord<>("a", "nonsense".getBytes(UTF_8), headers(context(1))));

      assertThat(recorded.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(recorded.only().getParentSpanId()).isEqualTo(context(1).getSpanId());
      assertThat(TraceHeaders.read(topology.deadLetters.readRecord().headers()).getSpanId())
          .isEqualTo(context(1).getSpanId());
    }
  }

  @Test
  void shouldJoinWhatComesWithHeadersThatAreNone() {
    try (DrivenTopology topology = new DrivenTopology(1, recorded.spans())) {
      Headers hostile = new RecordHeaders().add("traceparent", new byte[1 << 20]);
      topology.softLabels.pipeInput(
          new TestRecord<>("a", topology.softLabel("a", "minilm"), hostile));
      topology.advance(WAIT.plusMillis(51));

      assertThat(topology.deadLetters.isEmpty()).isTrue();
      assertThat(topology.examples.readRecord().key()).isEqualTo("a");
      assertThat(recorded.only().getParentSpanContext().isValid()).isFalse();
    }
  }

  private static TestRecord<String, byte[]> opinion(
      DrivenTopology topology, String teacher, SpanContext trace) {
    return new TestRecord<>("a", topology.softLabel("a", teacher), headers(trace));
  }

  private static Headers headers(SpanContext trace) {
    Headers headers = new RecordHeaders();
    TraceHeaders.write(trace, headers);
    return headers;
  }

  private static SpanContext context(int number) {
    return SpanContext.create(
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00f067aa0ba902b" + number,
        TraceFlags.getSampled(),
        TraceState.getDefault());
  }
}
