package io.distillstream.trainer.loop;

import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.LossParts;
import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.wire.payload.EventTimeHistogram;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What happened since the last checkpoint, and will be said in the next. */
final class TrainedSpan {
  /** Bounds the memory that refused records take before they are committed. */
  private static final int MAX_LETTERS = 1_000;

  /** The same of what is held out, which is of limited size. */
  private static final int MAX_HELD_OUT = 10_000;

  /** Bounds what a checkpoint's span is linked to. */
  static final int MOST_TRACES = 64;

  private final EventTimeHistogram eventTimes = new EventTimeHistogram();
  private final PassageTimes passages = new PassageTimes();
  private final List<ProducerRecord<String, byte[]>> letters = new ArrayList<>();
  private final List<ProducerRecord<String, byte[]>> heldOut = new ArrayList<>();
  private final List<TrainingEvent> events = new ArrayList<>();
  private final List<HardExample> hard = new ArrayList<>();
  private final List<SpanContext> traces = new ArrayList<>();
  private final Map<Integer, Long> first = new HashMap<>();
  private int records;
  private BatchScore score = BatchScore.NONE;
  private final PairedWindow pairs = new PairedWindow();
  private LossParts lossSum = LossParts.ZERO;
  private @Nullable LastStep last;

  /** The newest step of the span. */
  record LastStep(TrainingBatch batch, StepSettings settings) {}

  void trained(PendingBatch batch, LastStep step, StepResult result, Instant at) {
    last = step;
    BatchScore learned = result.score();
    score = score.plus(learned);
    lossSum = lossSum.plus(result.loss().times(learned.records()));
    batch.examples().stream()
        .filter(Example::live)
        .forEach(example -> eventTimes.add(example.receivedAt()));
    passages.learned(batch.examples(), at);
    batch.traces().stream().limit(MOST_TRACES - traces.size()).forEach(traces::add);
    records += batch.size();
    passed(batch);
  }

  void averageScored(PairedScore score) {
    pairs.add(score);
  }

  void made(List<HardExample> examples) {
    hard.addAll(examples);
  }

  /** Takes letters, what is held out, and offsets alone, of a batch without examples. */
  void passed(PendingBatch batch) {
    letters.addAll(batch.letters());
    batch.heldOut().forEach(kept -> kept.copy().ifPresent(heldOut::add));
    batch.first().forEach(first::putIfAbsent);
  }

  void happened(TrainingEvent event) {
    events.add(event);
    pairs.happened(event);
  }

  /** Examples trained, live traffic or not, corrections included. */
  int records() {
    return records;
  }

  boolean isEmpty() {
    return records == 0 && letters.isEmpty() && heldOut.isEmpty() && events.isEmpty();
  }

  /** Of the records of live traffic. */
  BatchScore score() {
    return score;
  }

  /**
   * Of the last 1,000 records or so that the average was scored on too: checkpoints may follow each
   * other faster than that. Of none from before a roll-back or drift.
   */
  PairedScore pairs() {
    return pairs.sum();
  }

  /** Mean loss per record of live traffic; NaN without any. */
  LossParts meanLoss() {
    return lossSum.times(1.0 / score.records());
  }

  /** Of the records of live traffic. */
  EventTimeHistogram eventTimes() {
    return eventTimes;
  }

  /** The way of these records. */
  PassageTimes passages() {
    return passages;
  }

  /**
   * The newest step.
   *
   * @throws IllegalStateException if nothing was trained
   */
  LastStep last() {
    if (last == null) {
      throw new IllegalStateException("no step since the last checkpoint");
    }
    return last;
  }

  List<ProducerRecord<String, byte[]>> letters() {
    return letters;
  }

  /** Whether so much waits to be sent that a checkpoint should not wait longer. */
  boolean isFull() {
    return letters.size() >= MAX_LETTERS || heldOut.size() >= MAX_HELD_OUT;
  }

  /** Copies of what is held out, for others to learn of. */
  List<ProducerRecord<String, byte[]>> heldOut() {
    return heldOut;
  }

  /** What was made of the records. */
  List<HardExample> hard() {
    return hard;
  }

  /** Of the first of the records that are traced. */
  List<SpanContext> traces() {
    return traces;
  }

  List<TrainingEvent> events() {
    return events;
  }

  /** Partition to the first offset met. */
  Map<Integer, Long> first() {
    return first;
  }

  /** Takes back what was trained; what happened may stand. */
  void discard() {
    List<TrainingEvent> standing =
        events.stream().filter(event -> event.kind().outlastsRollback()).toList();
    clear();
    events.addAll(standing);
  }

  void clear() {
    events.clear();
    eventTimes.clear();
    passages.clear();
    letters.clear();
    heldOut.clear();
    hard.clear();
    traces.clear();
    records = 0;
    first.clear();
    score = BatchScore.NONE;
    lossSum = LossParts.ZERO;
    last = null;
  }
}
