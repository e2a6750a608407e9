package io.distillstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

  @Test
  void shouldTakeNamesThatCannotBeResolvedForAnOutage() {
    ClusterConnection away = new ClusterConnection("broker.invalid:9092", "http://127.0.0.1:1");
    ClusterConnection misspelt = new ClusterConnection("broker", "http://127.0.0.1:1");

    for (ThrowingCallable client :
        List.<ThrowingCallable>of(
            () -> Admin.create(away.adminProperties()),
            () -> new KafkaConsumer<>(away.readerProperties()),
            () -> new KafkaProducer<>(away.producerProperties()))) {
      assertThat(Outages.explain(catchThrowable(client))).isTrue();
    }
    assertThat(Outages.explain(catchThrowable(() -> Admin.create(misspelt.adminProperties()))))
        .isFalse();
  }
}
