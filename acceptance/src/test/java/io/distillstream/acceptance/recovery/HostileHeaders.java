package io.distillstream.acceptance.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Headers of records that say they belong to a trace, most of which do not. */
final class HostileHeaders {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private HostileHeaders() {}

  /** Those of a number: two are as large as a broker takes, the others repeat. */
  static Headers of(int number) {
    if (number == 0) {
      return traceparent(new byte[512 << 10]);
    }
    if (number == 1) {
      Headers many = new RecordHeaders();
      for (int i = 0; i < 100_000; i++) {
        many.add("h", null);
      }
      return many;
    }
    return switch (number % 5) {
      case 0 -> new RecordHeaders();
      case 1 -> traceparent("nonsense".getBytes(UTF_8));
      case 2 -> traceparent(new byte[] {(byte) 0xc3, 0x28, (byte) 0xff});
      case 3 -> traceparent(("00-" + "0".repeat(32) + "-00f067aa0ba902b7-01").getBytes(UTF_8));
      default ->
          traceparent(("00-" + TRACE + "-00f067aa0ba902b7-01").getBytes(UTF_8))
              .add("tracestate", "=,=\u0000".repeat(10_000).getBytes(UTF_8));
    };
  }

  private static Headers traceparent(byte[] value) {
    return new RecordHeaders().add("traceparent", value);
  }
}
