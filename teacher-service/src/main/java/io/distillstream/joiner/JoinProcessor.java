package io.distillstream.joiner;

import io.distillstream.avro.GroundTruth;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TrainingExample;
import io.distillstream.joiner.weight.OpinionWeights;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.Codec;
import io.distillstream.wire.DeadLetters;
import io.distillstream.wire.UndecodableRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Joins the opinions and the truth of one partition's requests.
 *
 * <p>A request id is in one of four states: unknown, known by its truth only ({@code early-truth}),
 * waiting for the rest ({@code pending}, with the wall-clock time of its first opinion), or emitted
 * ({@code joined}). It leaves the first three at most once within the retention, so a training
 * example is emitted once per id. One that was emitted without its truth is {@code correctable} for
 * a while: a truth that comes then is emitted with the same opinions as a correction, once.
 */
final class JoinProcessor implements Processor<String, byte[], String, byte[]> {

  private static final Duration DEADLINE_CHECK = Duration.ofMillis(50);

  private final JoinerSettings settings;
  private final Optional<LabelSpace> labels;
  private final Codecs codecs;
  private final JoinListener listener;
  private final JoinSpans spans;

  private @Nullable Stores stores;

  /** What is read and written. */
  record Codecs(
      Codec<SoftLabel> softLabels,
      Codec<GroundTruth> groundTruth,
      Codec<TrainingExample> trainingExamples) {}

  /** What a processor has once it is initialised. */
  private record Stores(
      ProcessorContext<String, byte[]> context,
      TimedExamples<TrainingExample> pending,
      RecentIds<Long> joined,
      RecentIds<String> earlyTruth,
      TimedExamples<byte[]> correctable,
      OpinionWeights weights) {}

  JoinProcessor(
      JoinerSettings settings,
      Optional<LabelSpace> labels,
      Codecs codecs,
      JoinListener listener,
      JoinSpans spans) {
    this.settings = settings;
    this.labels = labels;
    this.codecs = codecs;
    this.listener = listener;
    this.spans = spans;
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    StateBounds bounds = settings.bounds();
    SteadyTime time = new SteadyTime();
    Stores opened =
        new Stores(
            context,
            new TimedExamples<>(
                context.getStateStore(JoinerTopology.PENDING), bounds.maxWaiting(), this::deadline),
            new RecentIds<>(
                context.getStateStore(JoinerTopology.JOINED), settings.retention(), time),
            new RecentIds<>(
                context.getStateStore(JoinerTopology.EARLY_TRUTH), settings.retention(), time),
            new TimedExamples<>(
                context.getStateStore(JoinerTopology.CORRECTABLE),
                bounds.maxCorrectable(),
                (example, since) -> since + bounds.correctionWait().toMillis()),
            new OpinionWeights(
                settings.weights(), labels, context.getStateStore(JoinerTopology.ACCURACY)));
    stores = opened;
    context.schedule(
        DEADLINE_CHECK, PunctuationType.WALL_CLOCK_TIME, now -> settleOverdue(opened, now));
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
      if (origin.topic().equals(codecs.softLabels().topic())) {
        SoftLabel label = codecs.softLabels().decode(record.value());
        requireKey(record.key(), label.getRequestId());
        onOpinion(opened, label, record.headers(), now);
      } else {
        GroundTruth truth = codecs.groundTruth().decode(record.value());
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
      listener.happened(JoinEvent.RECORDS_DEAD_LETTERED);
      spans.deadLetter(origin.topic(), record.headers());
    }
  }

  private void onOpinion(Stores opened, SoftLabel label, Headers headers, long now)
      throws UnjoinableRecordException {
    String id = label.getRequestId();
    if (opened.joined().find(id, now) != null) {
      listener.happened(JoinEvent.DUPLICATES_DROPPED);
      return;
    }
    ValueAndTimestamp<TrainingExample> waiting = opened.pending().get(id);
    if (waiting == null) {
      if (settings.expectedTeachers() > 1) {
        SeveralOpinions.requireReadable(label);
      }
      spans.opinion(id, headers);
      settle(opened, Examples.of(label, opened.earlyTruth().take(id, now)), now, now);
      return;
    }
    if (Examples.hasOpinionOf(waiting.value(), label.getTeacherId())) {
      listener.happened(JoinEvent.DUPLICATES_DROPPED);
      return;
    }
    SeveralOpinions.requireOneAnswerSpace(waiting.value(), label);
    spans.opinion(id, headers);
    settle(opened, Examples.withOpinion(waiting.value(), label), waiting.timestamp(), now);
  }

  private void onTruth(Stores opened, GroundTruth truth, long now) {
    String id = truth.getRequestId();
    ValueAndTimestamp<TrainingExample> waiting = opened.pending().get(id);
    if (waiting != null) {
      TrainingExample complete = Examples.withTruth(waiting.value(), truth.getLabel());
      settle(opened, complete, waiting.timestamp(), now);
      return;
    }
    ValueAndTimestamp<byte[]> untold = opened.correctable().remove(id);
    if (untold != null) {
      TrainingExample joined = CodecSerde.decode(codecs.trainingExamples(), untold.value());
      correct(opened, Examples.correction(joined, truth.getLabel()), now);
    } else if (opened.joined().find(id, now) != null) {
      listener.happened(JoinEvent.GROUND_TRUTH_LATE);
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
      opened.pending().put(example.getRequestId(), example, since);
      while (opened.pending().isOverfull()) {
        listener.happened(JoinEvent.WAITS_CUT_SHORT);
        emitNext(opened, now);
      }
    }
  }

  private void emit(Stores opened, TrainingExample example, long since, long now) {
    String id = example.getRequestId();
    opened.pending().remove(id);
    opened.joined().put(id, now, now);
    OpinionWeights.Weighed weighed = opened.weights().weigh(example);
    TrainingExample joined = Examples.joined(weighed.example(), Instant.ofEpochMilli(now));
    byte[] sent = send(opened, joined, now, spans.joined(id, since, now));
    tellOf(weighed);
    if (example.getGroundTruth() != null) {
      measure(opened, joined, now);
    } else if (settings.bounds().corrections() && example.getAugmentation() == null) {
      opened.correctable().put(id, sent, now);
      while (opened.correctable().isOverfull()) {
        opened.correctable().removeDue(now);
      }
    }
  }

  private void tellOf(OpinionWeights.Weighed weighed) {
    listener.happened(JoinEvent.EXAMPLES_JOINED);
    TrainingExample example = weighed.example();
    for (int t = example.getTeachers().size(); t < settings.expectedTeachers(); t++) {
      listener.happened(JoinEvent.OPINIONS_MISSING);
    }
    if (example.getDisagreement() != null) {
      listener.disagreed(example.getDisagreement());
    }
    if (weighed.disputed()) {
      listener.happened(JoinEvent.EXAMPLES_DISPUTED);
    }
  }

  private void correct(Stores opened, TrainingExample correction, long now) {
    TrainingExample joined = Examples.joined(correction, Instant.ofEpochMilli(now));
    byte[] unused = send(opened, joined, now, new RecordHeaders());
    listener.happened(JoinEvent.CORRECTIONS_JOINED);
    measure(opened, joined, now);
  }

  /** What was sent. */
  private byte[] send(Stores opened, TrainingExample example, long now, Headers headers) {
    byte[] encoded = codecs.trainingExamples().encode(example);
    opened
        .context()
        .forward(
            new Record<>(example.getRequestId(), encoded, now, headers),
            JoinerTopology.TRAINING_EXAMPLES);
    return encoded;
  }

  private void measure(Stores opened, TrainingExample example, long now) {
    Map<String, Double> accuracies = opened.weights().measure(example, now);
    if (!accuracies.isEmpty()) {
      listener.measured(accuracies);
    }
  }

  private void settleOverdue(Stores opened, long now) {
    boolean emitted;
    do {
      emitted = emitNext(opened, now);
    } while (emitted);
    boolean forgotten;
    do {
      forgotten = opened.correctable().removeDue(now) != null;
    } while (forgotten);
  }

  /** Whether there was one. */
  private boolean emitNext(Stores opened, long now) {
    ValueAndTimestamp<TrainingExample> due = opened.pending().removeDue(now);
    if (due != null) {
      emit(opened, due.value(), due.timestamp(), now);
    }
    return due != null;
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

  private Stores opened() {
    if (stores == null) {
      throw new IllegalStateException("Not initialised");
    }
    return stores;
  }
}
