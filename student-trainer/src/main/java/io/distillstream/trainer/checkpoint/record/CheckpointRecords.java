package io.distillstream.trainer.checkpoint.record;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.avro.TrainingEventKind;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What a model's checkpoint takes with it beside manifest and blobs. */
public final class CheckpointRecords {
  private final String model;
  private final String examplesTopic;
  private final Codec<io.distillstream.avro.TrainingEvent> events;
  private final Codec<InferenceRequest> requests;

  public CheckpointRecords(WireFormat wire, Pipeline pipeline, String model) {
    this.model = model;
    this.examplesTopic = Topics.TRAINING_EXAMPLES.in(pipeline);
    this.events = wire.codec(Topics.TRAINING_EVENTS, pipeline);
    this.requests = wire.codec(Topics.REQUESTS, pipeline);
  }

  public String examplesTopic() {
    return examplesTopic;
  }

  /** Requests of the checkpoint's hard examples. */
  public List<ProducerRecord<String, byte[]>> requests(PendingCheckpoint checkpoint) {
    return checkpoint.hard().stream()
        .map(example -> HardExampleMapper.request(model, checkpoint, example))
        .map(
            request ->
                new ProducerRecord<>(
                    requests.topic(), request.getRequestId(), requests.encode(request)))
        .toList();
  }

  public List<ProducerRecord<String, byte[]>> events(List<TrainingEvent> happened) {
    return happened.stream()
        .map(event -> events.encode(TrainingEventMapper.record(model, event)))
        .map(value -> new ProducerRecord<>(events.topic(), model, value))
        .toList();
  }

  /**
   * The event of a checkpoint on the topic that the trainer did not write.
   *
   * @param version of its own newest checkpoint
   * @param records learned up to that one
   */
  public ProducerRecord<String, byte[]> foreign(long version, long records) {
    io.distillstream.avro.TrainingEvent event =
        io.distillstream.avro.TrainingEvent.newBuilder()
            .setModel(model)
            .setKind(TrainingEventKind.FOREIGN)
            .setVersion(version)
            .setRecords(records)
            .setMessage(
                "A checkpoint on the topic is not this trainer's; training goes on without it")
            .setDetails(Map.of())
            .setAt(Instant.now())
            .build();
    return new ProducerRecord<>(events.topic(), model, events.encode(event));
  }

  /** Positions on the examples, as the trainer's group commits them. */
  public Map<TopicPartition, OffsetAndMetadata> offsets(Map<Integer, Long> positions, String note) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions.forEach(
        (partition, offset) ->
            offsets.put(
                new TopicPartition(examplesTopic, partition), new OffsetAndMetadata(offset, note)));
    return offsets;
  }
}
