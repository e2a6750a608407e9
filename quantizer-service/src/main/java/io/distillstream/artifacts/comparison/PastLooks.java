package io.distillstream.artifacts.comparison;

import io.distillstream.artifacts.incumbent.Looks;
import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often an incumbent was compared by sessions before this one, as the events of refused
 * candidates tell, which are committed with the offsets of these.
 */
final class PastLooks {
  private static final Logger log = LoggerFactory.getLogger(PastLooks.class);

  /** The newest refusal is among the newest events, unless training sent very many since. */
  private static final long EVENTS = 2_000;

  private PastLooks() {}

  /** The looks at an incumbent until now. */
  static Looks at(long incumbent, String model, String channel, ServiceContext context) {
    Codec<TrainingEvent> codec = context.wire().codec(Topics.TRAINING_EVENTS, context.pipeline());
    List<Looks> found = new ArrayList<>();
    try (TopicScan scan = new TopicScan(context.cluster())) {
      scan.read(
          scan.last(codec.topic(), EVENTS),
          record ->
              decode(codec, record)
                  .filter(event -> concerns(event, incumbent, model, channel))
                  .ifPresent(event -> found.add(looks(event.getDetails()))));
    }
    return found.isEmpty() ? Looks.NONE : found.get(found.size() - 1);
  }

  private static boolean concerns(
      TrainingEvent event, long incumbent, String model, String channel) {
    Double version = event.getDetails().get(Judgement.INCUMBENT);
    return event.getKind() == TrainingEventKind.REFUSED
        && event.getModel().equals(model)
        && channel.equals(event.getChannel())
        && version != null
        && version.longValue() == incumbent;
  }

  private static Looks looks(Map<String, Double> details) {
    return new Looks(
        details.getOrDefault(Judgement.LOOKS, 0.0).intValue(),
        details.getOrDefault(Judgement.LOOKS_SINCE, 0.0).longValue());
  }

  private static Optional<TrainingEvent> decode(
      Codec<TrainingEvent> codec, ConsumerRecord<String, byte[]> record) {
    try {
      return Optional.of(codec.decode(record.value()));
    } catch (UndecodableRecordException e) {
      log.warn(
          "Event at offset {} of {} cannot be read: {}",
          record.offset(),
          record.topic(),
          e.getMessage());
      return Optional.empty();
    }
  }
}
