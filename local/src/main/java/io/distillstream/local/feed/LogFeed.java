package io.distillstream.local.feed;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.Ingress;
import io.distillstream.avro.Input;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Writes requests to {@code <pipeline>.requests} and what is known of the truth beside them. */
public final class LogFeed implements Feed {

  private final WireFormat wire;
  private final Codec<InferenceRequest> requests;
  private final Codec<GroundTruth> truths;
  private final Producer<String, byte[]> producer;
  private final Supplier<Optional<Augmentation>> mark;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /** Connects; the topics must exist. */
  public LogFeed(ClusterConnection cluster, Pipeline pipeline) {
    this(cluster, pipeline, Optional::empty);
  }

  /**
   * Connects, for requests that no client made.
   *
   * @param mark of the requests that are sent next; empty for traffic
   */
  public LogFeed(
      ClusterConnection cluster, Pipeline pipeline, Supplier<Optional<Augmentation>> mark) {
    this.mark = mark;
    this.wire = new WireFormat(cluster);
    this.requests = wire.codec(Topics.REQUESTS, pipeline);
    this.truths = wire.codec(Topics.GROUND_TRUTH, pipeline);
    this.producer = new KafkaProducer<>(cluster.producerProperties());
  }

  @Override
  public void send(List<TrafficItem> items) {
    for (TrafficItem item : items) {
      item.groundTruth()
          .ifPresent(
              label ->
                  produce(
                      truths.topic(),
                      item,
                      truths.encode(new GroundTruth(item.requestId(), label, Instant.now())),
                      false));
      InferenceRequest request =
          new InferenceRequest(
              item.requestId(),
              new Input(item.text()),
              Instant.now(),
              Ingress.LOG,
              mark.get().orElse(null),
              "");
      produce(requests.topic(), item, requests.encode(request), true);
    }
    rethrow();
  }

  private void produce(String topic, TrafficItem item, byte[] value, boolean counts) {
    producer.send(
        new ProducerRecord<>(topic, item.requestId(), value),
        (metadata, thrown) -> {
          if (thrown != null) {
            failure.compareAndSet(null, thrown);
          } else if (counts) {
            accepted.incrementAndGet();
          }
        });
  }

  private void rethrow() {
    Exception thrown = failure.get();
    if (thrown != null) {
      throw new FeedException(
          "Cannot write to " + requests.topic() + ": " + thrown.getMessage(), thrown);
    }
  }

  @Override
  public long accepted() {
    return accepted.get();
  }

  /** Kafka's producer retries by itself and does not say how often. */
  @Override
  public long retried() {
    return 0;
  }

  @Override
  public void close() {
    producer.close();
    wire.close();
    rethrow();
  }
}
