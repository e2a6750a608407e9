package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class OutagesTest {
  @Test
  void shouldLookForTheCause() {
    assertThat(Outages.explain(new IllegalStateException(new TimeoutException("no answer"))))
        .isTrue();
    assertThat(Outages.explain(new IllegalStateException("a bug"))).isFalse();
  }

  @Test
  void shouldTakeAFailureWithoutANameForAnOutage() {
    KafkaException unnamed =
        new KafkaException("Unhandled error in EndTxnResponse: unexpected error");

    assertThat(Outages.explain(new IllegalStateException(unnamed))).isTrue();
    assertThat(Outages.explain(new KafkaException(new ProducerFencedException("fenced"))))
        .isFalse();
  }
}
