package io.distillstream.trainer.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.trainer.engine.TrainingStoppedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaExampleSourceTest {
  private static final String TOPIC = "examples";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Duration WAIT = Duration.ofSeconds(10);

  private final List<MockConsumer<String, byte[]>> opened = new ArrayList<>();
  private long records = 500;
  private long beginning;
  private final KafkaExampleSource source =
      new KafkaExampleSource(this::consumer, TOPIC, KafkaExampleSourceTest::arrival, 64);

  @AfterEach
  void close() {
    source.close();
  }

  @Test
  void shouldKeepTheOrderOverChunks() throws Exception {
    source.seek(Map.of());

    assertThat(read(500)).isEqualTo(LongStream.range(0, 500).boxed().toList());
  }

  @Test
  void shouldStartOverWhereItIsTold() throws Exception {
    source.seek(Map.of());
    assertThat(read(10)).startsWith(0L);

    // The fetcher waits for room in its queue now; what it fetched must not be seen again.
    source.seek(Map.of(0, 7L));

    assertThat(read(3)).containsExactly(7L, 8L, 9L);
    assertThat(opened.get(0).closed()).isTrue();
  }

  @Test
  void shouldStartAtTheBeginningWhereRetentionTookWhatItWants() throws Exception {
    beginning = 100;
    source.seek(Map.of(0, 40L));

    assertThat(read(1)).containsExactly(100L);
  }

  @Test
  void shouldSayWhyNothingComesAnyMore() throws Exception {
    records = 2;
    source.seek(Map.of());
    assertThat(read(2)).containsExactly(0L, 1L);

    opened.get(0).setPollException(new KafkaException("no more"));

    assertThatThrownBy(
            () -> {
              while (source.poll(Duration.ofMillis(50)) == null) {
                // Until the fetcher has met the exception.
              }
            })
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("no more");
  }

  @Test
  void shouldRefuseATopicThatDoesNotExist() {
    KafkaExampleSource nowhere =
        new KafkaExampleSource(this::consumer, "nowhere", KafkaExampleSourceTest::arrival, 64);

    assertThatThrownBy(() -> nowhere.seek(Map.of()))
        .isInstanceOf(TrainingStoppedException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void shouldMergePartitionsByTimestampHoweverTheyAreFetched() throws Exception {
    List<ConsumerRecord<String, byte[]>> log = ManyPartitions.log(3, 400, 1);
    for (long fetching = 1; fetching <= 5; fetching++) {
      ManyPartitions partitions = new ManyPartitions(3, log, fetching);
      try (ExampleSource many = partitions.source(WAIT)) {
        many.seek(Map.of());

        assertThat(read(many, 400)).isEqualTo(ManyPartitions.byTimestamp(log));
      }
    }
  }

  @Test
  void shouldContinueTheOrderFromAnyPositionsItPassedThrough() throws Exception {
    List<ConsumerRecord<String, byte[]>> log = ManyPartitions.log(3, 200, 2);
    List<String> order = ManyPartitions.byTimestamp(log);
    for (int cut = 1; cut < 200; cut += 23) {
      Map<Integer, Long> positions = ManyPartitions.after(order.subList(0, cut));
      ManyPartitions partitions = new ManyPartitions(3, log, cut);
      try (ExampleSource many = partitions.source(WAIT)) {
        many.seek(positions);

        assertThat(read(many, 200 - cut)).isEqualTo(order.subList(cut, 200));
      }
    }
  }

  @Test
  void shouldGoOnWithoutAPartitionThatDeliversNothing() throws Exception {
    List<ConsumerRecord<String, byte[]>> log = ManyPartitions.log(3, 100, 3);
    ManyPartitions partitions = new ManyPartitions(3, log, 1).silent(1);
    try (ExampleSource many = partitions.source(Duration.ofMillis(50))) {
      many.seek(Map.of());
      List<String> delivered =
          ManyPartitions.byTimestamp(log).stream()
              .filter(place -> !place.startsWith("1:"))
              .toList();

      assertThat(read(many, delivered.size())).isEqualTo(delivered);
    }
  }

  @Test
  void shouldWaitForAPartitionThatHasMore() throws Exception {
    List<ConsumerRecord<String, byte[]>> log = ManyPartitions.log(2, 100, 4);
    ManyPartitions partitions = new ManyPartitions(2, log, 1).silent(1);
    try (ExampleSource many = partitions.source(WAIT)) {
      many.seek(Map.of());
      // Nothing may come before it is known what partition 1 has.
      assertThat(many.poll(Duration.ofMillis(300))).isNull();

      partitions.silent(-1);

      assertThat(read(many, 100)).isEqualTo(ManyPartitions.byTimestamp(log));
    }
  }

  private static List<String> read(ExampleSource source, int count) throws InterruptedException {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Arrival arrival = Objects.requireNonNull(source.poll(WAIT), "nothing came");
      places.add(arrival.partition() + ":" + arrival.offset());
    }
    return places;
  }

  private List<Long> read(int count) throws InterruptedException {
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Arrival arrival = source.poll(WAIT);
      offsets.add(Objects.requireNonNull(arrival, "nothing came").offset());
    }
    return offsets;
  }

  private MockConsumer<String, byte[]> consumer() {
    MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, beginning));
    consumer.updatePartitions("nowhere", List.of());
    consumer.schedulePollTask(
        () -> {
          for (long offset = consumer.position(PARTITION); offset < records; offset++) {
            consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, "key", new byte[0]));
          }
        });
    opened.add(consumer);
    return consumer;
  }

  static Arrival arrival(ConsumerRecord<String, byte[]> record) {
    return new Arrival.Usable(
        record.partition(), record.offset(), MadeUpExamples.example((int) record.offset()));
  }
}
