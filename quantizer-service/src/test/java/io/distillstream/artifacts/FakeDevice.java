package io.distillstream.artifacts;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Takes every update the moment it becomes visible, as devices do: fetch, check, load, answer. */
final class FakeDevice implements AutoCloseable {
  private final QuantizerHarness harness;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Codec<ModelUpdate> codec;
  private final List<Long> taken = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "update-follower");
  private volatile boolean ended;

  FakeDevice(QuantizerHarness harness) {
    this.harness = harness;
    codec = harness.context.wire().codec(Topics.MODEL_UPDATES, harness.context.pipeline());
    Map<String, Object> properties = harness.context.cluster().readerProperties();
    consumer = new KafkaConsumer<>(properties);
    List<TopicPartition> partitions =
        consumer.partitionsFor(codec.topic()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.start();
  }

  private void run() {
    while (!ended) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(50))) {
        take(record);
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    try {
      ModelUpdate update = codec.decode(record.value());
      OnnxModel artifact = harness.fetch(update);
      harness.assertAnswersItsProbes(artifact, update);
      add(taken, update.getVersion());
    } catch (Exception | AssertionError e) {
      add(failures, e);
    }
  }

  private synchronized <T> void add(List<T> list, T one) {
    list.add(one);
  }

  /** Versions of the updates that were whole and answered as they said. */
  synchronized List<Long> taken() {
    return List.copyOf(taken);
  }

  /** What was wrong with others. */
  synchronized List<Throwable> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    ended = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
  }
}
