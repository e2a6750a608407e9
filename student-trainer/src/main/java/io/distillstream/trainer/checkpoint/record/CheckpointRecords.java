package io.distillstream.trainer.checkpoint.record;

import io.distillstream.avro.InferenceRequest;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.WireFormat;
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
