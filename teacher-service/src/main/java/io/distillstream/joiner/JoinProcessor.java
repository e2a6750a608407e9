package io.distillstream.joiner;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.UndecodableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Joins the opinions and the truth of one partition's requests.
 *
 * <p>A request id is in one of four states: unknown, known by its truth only ({@code early-truth}),
 * waiting for the rest ({@code pending}, with the wall-clock time of its first opinion), or emitted
 * ({@code joined}). It leaves the first three at most once within the retention, so a training
 * example is emitted once per id.
 */
final class JoinProcessor implements Processor<String, byte[], String, byte[]> {

  private static final Duration DEADLINE_CHECK = Duration.ofMillis(50);

  private final JoinerSettings settings;
  private final Codec<SoftLabel> softLabels;
  private final Codec<GroundTruth> groundTruth;
  private final Codec<TrainingExample> trainingExamples;
  private final Consumer<JoinEvent> events;
  private final JoinSpans spans;

  /** Deadlines of what is pending; an entry may be out of date, the store decides. */
  private final PriorityQueue<Deadline> deadlines =
      new PriorityQueue<>(Comparator.comparingLong(Deadline::atMillis));

  private @Nullable Stores stores;

  private record Deadline(String requestId, long atMillis) {}

  /** What a processor has once it is initialised. */
  private record Stores(
      ProcessorContext<String, byte[]> context,
      TimestampedKeyValueStore<String, TrainingExample> pending,
      RecentIds<Long> joined,
      RecentIds<String> earlyTruth) {}

  JoinProcessor(
      JoinerSettings settings,
      Codec<SoftLabel> softLabels,
      Codec<GroundTruth> groundTruth,
      Codec<TrainingExample> trainingExamples,
      Consumer<JoinEvent> events,
      JoinSpans spans) {
    this.settings = settings;
    this.softLabels = softLabels;
    this.groundTruth = groundTruth;
    this.trainingExamples = trainingExamples;
    this.events = events;
    this.spans = spans;
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    Stores opened =
        new Stores(
            context,
            context.getStateStore(JoinerTopology.PENDING),
            new RecentIds<>(context.getStateStore(JoinerTopology.JOINED), settings.retention()),
            new RecentIds<>(
                context.getStateStore(JoinerTopology.EARLY_TRUTH), settings.retention()));
    stores = opened;
    deadlines.clear();
    try (KeyValueIterator<String, ValueAndTimestamp<TrainingExample>> restored =
        opened.pending().all()) {
      restored.forEachRemaining(entry -> schedule(entry.value.value(), entry.value.timestamp()));
    }
    context.schedule(
        DEADLINE_CHECK, PunctuationType.WALL_CLOCK_TIME, now -> emitOverdue(opened, now));
  }

  @Override
  public void process(Record<String, byte[]> record) {
    Stores opened = opened();
    RecordMetadata origin =
        opened
            .context()
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("A record from a topic has an origin"));
    long now = opened.context().currentSystemTimeMs();
    try {
      if (origin.topic().equals(softLabels.topic())) {
        SoftLabel label = softLabels.decode(record.value());
        requireKey(record.key(), label.getRequestId());
        onOpinion(opened, label, record.headers(), now);
      } else {
        GroundTruth truth = groundTruth.decode(record.value());
        requireKey(record.key(), truth.getRequestId());
        onTruth(opened, truth, now);
      }
    } catch (UndecodableRecordException | UnjoinableRecordException e) {
      opened
          .context()
          .forward(
              record.withHeaders(
                  DeadLetters.origin(
                      record.headers(),
                      origin.topic(),
                      origin.partition(),
                      origin.offset(),
                      String.valueOf(e.getMessage()))),
              JoinerTopology.DEAD_LETTERS);
      events.accept(JoinEvent.RECORDS_DEAD_LETTERED);
      spans.deadLetter(origin.topic(), record.headers());
    }
  }

  private void onOpinion(Stores opened, SoftLabel label, Headers headers, long now)
      throws UnjoinableRecordException {
    String id = label.getRequestId();
    if (opened.joined().find(id, now) != null) {
      events.accept(JoinEvent.DUPLICATES_DROPPED);
      return;
    }
    ValueAndTimestamp<TrainingExample> waiting = opened.pending().get(id);
    if (waiting == null) {
      spans.opinion(id, headers);
      settle(opened, Examples.of(label, opened.earlyTruth().take(id, now)), now, now);
      return;
    }
    if (Examples.hasOpinionOf(waiting.value(), label.getTeacherId())) {
      events.accept(JoinEvent.DUPLICATES_DROPPED);
      return;
    }
    requireSameAnswerSpace(waiting.value(), label);
    spans.opinion(id, headers);
    settle(opened, Examples.withOpinion(waiting.value(), label), waiting.timestamp(), now);
  }

  private void onTruth(Stores opened, GroundTruth truth, long now) {
    String id = truth.getRequestId();
    ValueAndTimestamp<TrainingExample> waiting = opened.pending().get(id);
    if (waiting != null) {
      TrainingExample complete = Examples.withTruth(waiting.value(), truth.getLabel());
      settle(opened, complete, waiting.timestamp(), now);
    } else if (opened.joined().find(id, now) != null) {
      events.accept(JoinEvent.GROUND_TRUTH_LATE);
    } else {
      opened.earlyTruth().take(id, now);
      opened.earlyTruth().put(id, truth.getLabel(), now);
    }
  }

  /** Emits an example that waits for nothing any more, keeps one that does. */
  private void settle(Stores opened, TrainingExample example, long since, long now) {
    if (deadline(example, since) <= now) {
      emit(opened, example, since, now);
    } else {
      opened.pending().put(example.getRequestId(), ValueAndTimestamp.make(example, since));
      schedule(example, since);
    }
  }

  private void emit(Stores opened, TrainingExample example, long since, long now) {
    String id = example.getRequestId();
    opened.pending().delete(id);
    opened.joined().put(id, now, now);
    TrainingExample joined = Examples.joined(example, Instant.ofEpochMilli(now));
    opened
        .context()
        .forward(
            new Record<>(id, trainingExamples.encode(joined), now, spans.joined(id, since, now)),
            JoinerTopology.TRAINING_EXAMPLES);
    events.accept(JoinEvent.EXAMPLES_JOINED);
  }

  private void emitOverdue(Stores opened, long now) {
    while (!deadlines.isEmpty() && deadlines.element().atMillis() <= now) {
      String id = deadlines.remove().requestId();
      ValueAndTimestamp<TrainingExample> waiting = opened.pending().get(id);
      if (waiting != null && deadline(waiting.value(), waiting.timestamp()) <= now) {
        emit(opened, waiting.value(), waiting.timestamp(), now);
      }
    }
  }

  private void schedule(TrainingExample example, long since) {
    deadlines.add(new Deadline(example.getRequestId(), deadline(example, since)));
  }

  /** The time from which the example is to wait no longer; {@code since} if it lacks nothing. */
  private long deadline(TrainingExample example, long since) {
    long deadline = since;
    // Nobody knows the truth of a text that a student made up.
    if (example.getGroundTruth() == null && example.getAugmentation() == null) {
      deadline = Math.max(deadline, since + settings.groundTruthWait().toMillis());
    }
    if (example.getTeachers().size() < settings.expectedTeachers()) {
      deadline = Math.max(deadline, since + settings.teacherWait().toMillis());
    }
    return deadline;
  }

  /** The topics are joined by key, so a record under another key would never meet its partner. */
  private static void requireKey(@Nullable String key, String requestId)
      throws UnjoinableRecordException {
    if (!requestId.equals(key)) {
      throw new UnjoinableRecordException(
          "Its key is " + key + ", expected its request id " + requestId);
    }
  }

  private static void requireSameAnswerSpace(TrainingExample example, SoftLabel label)
      throws UnjoinableRecordException {
    if (!label.getLabelSpace().equals(example.getLabelSpace())
        || label.getPositions() != example.getPositions()) {
      throw new UnjoinableRecordException(
          "Teacher %s answers in label space %s with %d positions, but %s answered request %s in %s with %d"
              .formatted(
                  label.getTeacherId(),
                  label.getLabelSpace(),
                  label.getPositions(),
                  example.getTeachers().get(0).getTeacherId(),
                  label.getRequestId(),
                  example.getLabelSpace(),
                  example.getPositions()));
    }
  }

  private Stores opened() {
    if (stores == null) {
      throw new IllegalStateException("Not initialised");
    }
    return stores;
  }
}
