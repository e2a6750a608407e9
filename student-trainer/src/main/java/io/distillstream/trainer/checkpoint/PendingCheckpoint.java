package io.distillstream.trainer.checkpoint;

import io.distillstream.avro.EventTimes;
import io.distillstream.avro.LegTimes;
import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.schedule.StepSettings;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A checkpoint as it leaves the training thread: complete, immutable, not yet written.
 *
 * @param good the student and its lineage, which carries the new version
 * @param from partition to the first offset (inclusive) since the parent
 * @param score of the records of live traffic since the parent, each scored before it was learned
 * @param pairs of the last 1,000 records or so that the average was scored on too, since training
 *     last started, went back or met a drift
 * @param meanLoss of these records
 * @param eventTimes of these records
 * @param legTimes of these records
 * @param settings of the last step
 * @param letters dead letters of the records refused since the parent
 * @param heldOut copies of the requests since the parent that are held out
 * @param hard hard examples that were made of the records since the parent
 * @param events since the parent
 * @param traces of some records since the parent, to which the checkpoint's is linked
 * @param probe real inputs with this student's logits, for the check of the export
 * @param createdAt when the state was taken
 */
public record PendingCheckpoint(
    GoodState good,
    Map<Integer, Long> from,
    BatchScore score,
    PairedScore pairs,
    LossParts meanLoss,
    EventTimes eventTimes,
    LegTimes legTimes,
    StepSettings settings,
    List<ProducerRecord<String, byte[]>> letters,
    List<ProducerRecord<String, byte[]>> heldOut,
    List<HardExample> hard,
    List<TrainingEvent> events,
    List<SpanContext> traces,
    ExportProbe probe,
    Instant createdAt) {

  public PendingCheckpoint {
    from = Map.copyOf(from);
    letters = List.copyOf(letters);
    heldOut = List.copyOf(heldOut);
    hard = List.copyOf(hard);
    events = List.copyOf(events);
    traces = List.copyOf(traces);
  }

  public long version() {
    return good.lineage().version();
  }

  public long parentVersion() {
    return version() - 1;
  }
}
