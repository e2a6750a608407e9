package io.distillstream.benchmarks.stream;

import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.trainer.augment.HardExample;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.checkpoint.Checkpoints;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.wire.payload.LogitsCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Examples in memory, among which the hard examples of each checkpoint come back as the teacher
 * labelled them: one after every fourth of the others. Keeps no checkpoints.
 */
final class FeedbackStream implements ExampleSource, Checkpoints {
  private static final int BATCH = 32;
  private static final int SPREAD = 4;

  private final List<Example> traffic;
  private final Teacher teacher;
  private final Function<String, int[]> tokenizer;
  private final Deque<Example> back = new ArrayDeque<>();
  private Runnable atEnd = () -> {};
  private boolean ended;
  private int next;
  private int offset;
  private long labellingNanos;

  /** Borrows the teacher. */
  FeedbackStream(List<Example> traffic, Teacher teacher, Function<String, int[]> tokenizer) {
    this.traffic = traffic;
    this.teacher = teacher;
    this.tokenizer = tokenizer;
  }

  /**
   * What to do when all has been read, what came back by then included; fewer than a batch may be
   * left then.
   */
  void atEnd(Runnable action) {
    atEnd = action;
  }

  /** Time that the teacher took. */
  long labellingNanos() {
    return labellingNanos;
  }

  @Override
  public void seek(Map<Integer, Long> positions) {
    if (offset > 0) {
      throw new IllegalStateException("the pass diverged");
    }
  }

  @Override
  public @Nullable Arrival poll(Duration wait) {
    boolean exhausted = next == traffic.size();
    if (!back.isEmpty() && (exhausted || offset % (SPREAD + 1) == SPREAD)) {
      return new Arrival.Usable(0, offset++, back.remove());
    }
    if (!exhausted) {
      return new Arrival.Usable(0, offset++, traffic.get(next++));
    }
    ended = true;
    atEnd.run();
    return null;
  }

  @Override
  public Resume resume() {
    return new Resume(Optional.empty(), Map.of());
  }

  @Override
  public CompletableFuture<Void> write(PendingCheckpoint checkpoint) {
    if (!ended) {
      label(checkpoint.hard());
    }
    return CompletableFuture.completedFuture(null);
  }

  private void label(List<HardExample> hard) {
    long began = System.nanoTime();
    float[][] logits =
        SortedBatches.logits(teacher, hard.stream().map(HardExample::text).toList(), BATCH);
    labellingNanos += System.nanoTime() - began;
    for (int i = 0; i < logits.length; i++) {
      // As the log carries them.
      float[] sent = LogitsCodec.decode(LogitsCodec.encode(logits[i]), 1);
      back.add(
          new Example(
              hard.get(i).requestId(),
              tokenizer.apply(hard.get(i).text()),
              new DenseTarget(sent),
              new float[0],
              TrainingBatch.UNKNOWN,
              Example.Passage.at(Instant.EPOCH),
              Map.of(teacher.id(), teacher.version()),
              Origin.AUGMENTED));
    }
  }

  @Override
  public CompletableFuture<Void> passOver(
      Lineage reached, List<ProducerRecord<String, byte[]>> records, List<TrainingEvent> events) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}
}
