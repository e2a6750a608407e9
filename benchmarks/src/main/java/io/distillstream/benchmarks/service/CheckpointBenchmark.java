package io.distillstream.benchmarks.service;

import io.distillstream.benchmarks.measure.BusyTime;
import io.distillstream.benchmarks.measure.Quantiles;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.schedule.StepSettings;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.PrintWriter;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How long a checkpoint keeps the training thread. Three ways in turns, A B C A B C: no checkpoint;
 * a copy of all weights and moments, and a forward pass for the check of the export; and what the
 * trainer does, which hands the arrays over and leaves the rest to another thread. Handing over is
 * not all: the steps that follow write to new arrays. So a round is a checkpoint and a number of
 * steps, and its stall is what it takes longer than the same steps without a checkpoint.
 *
 * <p>Times are processor time of the training thread and pauses of the garbage collector, so that
 * they depend little on what else the machine does.
 */
@Command(
    name = "checkpoint",
    mixinStandardHelpOptions = true,
    description = {
      "How long a checkpoint keeps the training thread, copied or handed over.",
      "The large student needs DISTILLSTREAM_JAVA_OPTS=-Xmx8g."
    })
public final class CheckpointBenchmark implements Callable<Integer> {

  private static final StepSettings STEP = new StepSettings(2, 0.7, 1e-3, 0.01, 1, 1e9);
  private static final int VOCABULARY = 30_522;
  private static final int CLASSES = 24;

  /** The default student, and one near the largest that an online trainer is used for. */
  enum Size {
    SMALL,
    LARGE
  }

  /** What the training thread does for a checkpoint. */
  enum Way {
    NONE,
    COPY,
    HANDOVER
  }

  @Option(names = "--size", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Size size = Size.SMALL;

  @Option(names = "--rounds", description = "Of each way that count (default: ${DEFAULT-VALUE}).")
  private int rounds = 15;

  @Option(names = "--steps", description = "After each checkpoint (default: ${DEFAULT-VALUE}).")
  private int steps = 10;

  @Option(names = "--batch", description = "Texts per step (default: ${DEFAULT-VALUE}).")
  private int batchSize = 32;

  @Spec private CommandSpec spec;

  /** What an owner of checkpoints keeps: the newest state. */
  private Object kept = "";

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  CheckpointBenchmark() {}

  private StudentSpec shape() {
    return switch (size) {
      case SMALL -> TransformerSpec.standard(VOCABULARY, CLASSES);
      case LARGE -> TransformerSpec.uniform(VOCABULARY, 512, 24, 8, 2_048, CLASSES, 64, false);
    };
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    StudentSpec shape = shape();
    out.printf(
        Locale.ROOT,
        "%,d parameters, %,.0f MB of weights and moments, batch %d of 18 tokens on average%n",
        shape.size(),
        3.0 * Float.BYTES * shape.size() / 1e6,
        batchSize);
    List<TrainingBatch> batches = batches();
    Map<Way, List<Round>> measured = new HashMap<>();
    try (StudentEngine engine =
        DjlStudentEngine.from(StudentState.fresh(RandomStart.weights(shape, 42), 42))) {
      for (int round = 0; round <= rounds; round++) {
        for (Way way : Way.values()) {
          Round result = round(engine, way, batches);
          if (round > 0) {
            measured.computeIfAbsent(way, any -> new ArrayList<>()).add(result);
          }
        }
      }
    } finally {
      Reference.reachabilityFence(kept);
    }
    print(out, measured);
    return 0;
  }

  /** Milliseconds of the checkpoint itself, of the step after it, and of all steps after it. */
  private record Round(double checkpoint, double firstStep, double allSteps) {
    double total() {
      return checkpoint + allSteps;
    }
  }

  private Round round(StudentEngine engine, Way way, List<TrainingBatch> batches)
      throws DivergedStepException {
    double start = BusyTime.millis();
    switch (way) {
      case NONE -> {}
      case COPY -> kept = List.of(copy(engine.snapshot()), engine.logits(batches.get(0).inputs()));
      case HANDOVER -> kept = engine.snapshot();
    }
    double taken = BusyTime.millis();
    if (way == Way.COPY) {
      // Untimed: who copies keeps his arrays, so the steps after it are as usual.
      engine.learn(batches.get(0), STEP);
    }
    double begin = BusyTime.millis();
    double first = 0;
    for (int step = 0; step < steps; step++) {
      engine.learn(batches.get(step), STEP);
      first = step == 0 ? BusyTime.millis() : first;
    }
    return new Round(taken - start, first - begin, BusyTime.millis() - begin);
  }

  private static List<float[]> copy(StudentState state) {
    return state.tensors().values().stream().map(CheckpointBenchmark::copy).toList();
  }

  /** Once: a matrix of separate rows is copied by asking for its values. */
  private static float[] copy(FloatTensor tensor) {
    float[] values = tensor.values();
    return values == tensor.values() ? values.clone() : values;
  }

  private void print(PrintWriter out, Map<Way, List<Round>> measured) {
    double plain = median(measured, Way.NONE, Round::total);
    out.printf(
        Locale.ROOT,
        "%-9s %12s %12s %12s %12s%n",
        "ms",
        "checkpoint",
        "next step",
        steps + " steps",
        "stall");
    for (Way way : Way.values()) {
      out.printf(
          Locale.ROOT,
          "%-9s %12.2f %12.2f %12.2f %12.2f%n",
          way.name().toLowerCase(Locale.ROOT),
          median(measured, way, Round::checkpoint),
          median(measured, way, Round::firstStep),
          median(measured, way, Round::allSteps),
          median(measured, way, Round::total) - plain);
    }
    out.printf(Locale.ROOT, "medians of %d rounds of each way in turns%n", rounds);
    out.flush();
  }

  private static double median(
      Map<Way, List<Round>> measured, Way way, ToDoubleFunction<Round> value) {
    return Quantiles.median(measured.getOrDefault(way, List.of()).stream().mapToDouble(value));
  }

  /** Random words: how long a step takes does not depend on what they mean. */
  private List<TrainingBatch> batches() {
    Random random = new Random(1);
    List<TrainingBatch> batches = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      int[][] tokens = new int[batchSize][];
      float[][] logits = new float[batchSize][CLASSES];
      int[] truth = new int[batchSize];
      for (int row = 0; row < batchSize; row++) {
        tokens[row] = random.ints(8 + random.nextInt(21), 0, VOCABULARY).toArray();
        logits[row][random.nextInt(CLASSES)] = 4;
        truth[row] = TrainingBatch.UNKNOWN;
      }
      batches.add(new TrainingBatch(new TokenInputs(tokens), logits, truth));
    }
    return batches;
  }
}
