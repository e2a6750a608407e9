package io.distillstream.trainer;

import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Arrival;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.ExampleReader;
import io.distillstream.trainer.examples.ExampleSource;
import io.distillstream.trainer.examples.TargetReader;
import io.distillstream.trainer.loop.MemoryCheckpoints;
import io.distillstream.trainer.loop.TrainingListener;
import io.distillstream.trainer.loop.TrainingLoop;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import io.distillstream.wire.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The same loop over examples in memory: no broker, no process, no kill, one checkpoint. */
final class UndisturbedRun {
  private UndisturbedRun() {}

  /** The checkpoints over all examples of a pipeline, whose number the batch size divides. */
  static MemoryCheckpoints over(TrainerHarness harness, TrainerSettings settings) throws Exception {
    List<Example> examples = examples(harness, settings);
    MemoryCheckpoints checkpoints = new MemoryCheckpoints();
    StudentStart start = new StudentStart(settings.student());
    try (StudentEngine engine = DjlStudentEngine.from(start.fresh(), settings.objective());
        ExampleSource source = ExampleSource.of(examples, settings.plan().heldOut().rule())) {
      Stop stop =
          new Stop(
              examples.stream()
                  .filter(
                      e ->
                          e.augmented()
                              || (e.live()
                                  && !settings.plan().heldOut().rule().holdsOut(e.requestId())))
                  .count());
      TrainingLoop loop =
          new TrainingLoop(
              settings.plan(),
              engine,
              checkpoints.resume(),
              source,
              checkpoints,
              stop,
              settings.hardExamples(start.tokenizer()));
      stop.loop = loop;
      loop.run();
    }
    return checkpoints;
  }

  /** What was sent for training, ordered here and not by the source that is under test. */
  private static List<Example> examples(TrainerHarness harness, TrainerSettings settings) {
    StudentStart start = new StudentStart(settings.student());
    ExampleReader reader =
        new ExampleReader(
            harness.pipeline,
            harness.context.wire().codec(Topics.TRAINING_EXAMPLES, harness.pipeline),
            new TargetReader(start.labels(), settings.objective().divergence(), 0),
            start.tokenizer(),
            settings.student().maxTokens(),
            settings.model(),
            new ExampleReader.Selection(settings.plan().heldOut().rule(), settings.agreement()),
            harness.context.wire().codec(Topics.HELD_OUT, harness.pipeline));
    List<ConsumerRecord<String, byte[]>> records =
        new ArrayList<>(harness.committed(harness.topic()));
    records.sort(
        Comparator.<ConsumerRecord<String, byte[]>>comparingLong(ConsumerRecord::timestamp)
            .thenComparingInt(ConsumerRecord::partition)
            .thenComparingLong(ConsumerRecord::offset));
    return records.stream().map(record -> example(reader.read(record))).toList();
  }

  private static Example example(Arrival arrival) {
    return arrival instanceof Arrival.HeldOut heldOut
        ? heldOut.example()
        : ((Arrival.Usable) arrival).example();
  }

  /** Ends the loop when all is trained. */
  private static final class Stop implements TrainingListener {
    private long left;
    private @Nullable TrainingLoop loop;

    Stop(long records) {
      left = records;
    }

    @Override
    public void trained(int records, StepResult result, StepSettings settings) {
      left -= records;
      if (left == 0) {
        Objects.requireNonNull(loop).stop();
      }
    }
  }
}
