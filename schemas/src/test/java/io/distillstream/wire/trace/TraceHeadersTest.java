package io.distillstream.wire.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadersTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

  private static final SpanContext CONTEXT =
      SpanContext.create(
          TRACE,
          SPAN,
          TraceFlags.getSampled(),
          TraceState.builder().put("vendor", "value").build());

  static Stream<byte[]> hostile() {
    byte[] large = new byte[10 << 20];
    Arrays.fill(large, (byte) '0');
    return Stream.of(
        null,
        new byte[0],
        large,
        new byte[] {(byte) 0xc3, (byte) 0x28, (byte) 0xff},
        "\u0000".repeat(55).getBytes(UTF_8),
        ("00-" + "0".repeat(32) + "-" + SPAN + "-01").getBytes(UTF_8),
        ("00-" + TRACE + "-" + "0".repeat(16) + "-01").getBytes(UTF_8),
        ("ff-" + TRACE + "-" + SPAN + "-01").getBytes(UTF_8),
        (PARENT + "-more").getBytes(UTF_8),
        ("00-" + TRACE + "-" + SPAN + "-zz").getBytes(UTF_8),
        ("00-" + TRACE + "-" + SPAN + "-\u00ff\u00ff").getBytes(ISO_8859_1),
        PARENT.replace("4b", "4B").getBytes(UTF_8),
        PARENT.replace('f', '\u00ff').getBytes(ISO_8859_1));
  }

  @Test
  void shouldWriteTheFormatOfTheW3C() {
    ProducerRecord<String, byte[]> record =
        TraceHeaders.with(CONTEXT, new ProducerRecord<>("topic", "key", new byte[0]));

    assertThat(record.headers().lastHeader("traceparent").value()).asString().isEqualTo(PARENT);
    assertThat(record.headers().lastHeader("tracestate").value())
        .asString()
        .isEqualTo("vendor=value");
  }

  @Test
  void shouldReadWhatItWrote() {
    Headers headers = new RecordHeaders();
    TraceHeaders.write(CONTEXT, headers);

    SpanContext read = TraceHeaders.read(headers);

    assertThat(read.getTraceId()).isEqualTo(TRACE);
    assertThat(read.getSpanId()).isEqualTo(SPAN);
    assertThat(read.isSampled()).isTrue();
    assertThat(read.isRemote()).isTrue();
    assertThat(read.getTraceState().asMap()).isEqualTo(Map.of("vendor", "value"));
  }

  @Test
  void shouldTakeThePlaceOfAnEarlierContext() {
    Headers headers = new RecordHeaders().add("traceparent", "nonsense".getBytes(UTF_8));
    TraceHeaders.write(CONTEXT, headers);

    assertThat(headers.headers("traceparent")).hasSize(1);
    assertThat(TraceHeaders.read(headers).getSpanId()).isEqualTo(SPAN);
  }

  @Test
  void shouldWriteNothingWhereThereIsNoContext() {
    Headers headers = new RecordHeaders();
    TraceHeaders.write(SpanContext.getInvalid(), headers);

    assertThat(headers.toArray()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void shouldTakeForAbsentWhatIsNotOfTheFormat(byte[] value) {
    assertThat(TraceHeaders.read(new RecordHeaders().add("traceparent", value)).isValid())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no members", "a=\u0000", "=,=,=", ",,,"})
  void shouldDropAStateThatIsNotOfTheFormat(String state) {
    Headers headers =
        new RecordHeaders()
            .add("traceparent", PARENT.getBytes(UTF_8))
            .add("tracestate", state.getBytes(UTF_8));

    SpanContext read = TraceHeaders.read(headers);

    assertThat(read.getSpanId()).isEqualTo(SPAN);
    assertThat(read.getTraceState().isEmpty()).isTrue();
  }

  @Test
  void shouldDropAStateLongerThanItHasToPassOn() {
    Headers headers =
        new RecordHeaders()
            .add("traceparent", PARENT.getBytes(UTF_8))
            .add("tracestate", ("a=" + "b".repeat(1 << 20)).getBytes(UTF_8));

    assertThat(TraceHeaders.read(headers).getTraceState().isEmpty()).isTrue();
  }

  @Test
  void shouldTakeOrDropWhateverBytesStandThere() {
    Random random = new Random(1);
    for (int record = 0; record < 20_000; record++) {
      Headers headers =
          new RecordHeaders()
              .add("traceparent", mutated(PARENT, random))
              .add("tracestate", mutated("a=b,vendor@c=d", random));

      SpanContext read = TraceHeaders.read(headers);

      assertThat(read.isValid() || read.equals(SpanContext.getInvalid())).isTrue();
    }
  }

  private static byte[] mutated(String value, Random random) {
    byte[] bytes = Arrays.copyOf(value.getBytes(UTF_8), value.length() + random.nextInt(3) - 1);
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  @Test
  void shouldFindTheContextAmongManyHeaders() {
    Headers headers = new RecordHeaders().add("traceparent", PARENT.getBytes(UTF_8));
    for (int i = 0; i < 100_000; i++) {
      headers.add("h" + i, new byte[0]);
    }

    assertThat(TraceHeaders.read(headers).getSpanId()).isEqualTo(SPAN);
  }

  @Test
  void shouldPassOnAContextWhereNothingIsTraced() {
    Span span = Spans.none().span("label", SpanKind.INTERNAL, CONTEXT).startSpan();

    assertThat(span.getSpanContext()).isEqualTo(CONTEXT);
    assertThat(span.isRecording()).isFalse();
  }

  @Test
  void shouldBeginNoTraceWhereNothingIsTraced() {
    Span span = Spans.none().process("label", "requests", SpanContext.getInvalid()).startSpan();

    assertThat(span.getSpanContext().isValid()).isFalse();
  }
}
