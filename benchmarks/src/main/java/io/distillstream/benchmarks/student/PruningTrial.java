package io.distillstream.benchmarks.student;

import io.distillstream.benchmarks.measure.DeviceLatency;
import io.distillstream.benchmarks.measure.WireSize;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.engine.StudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.prune.PruningPlan;
import io.distillstream.trainer.schedule.TrainingSchedule;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Trains a student by a plan, from where it is, and measures it from time to time. */
final class PruningTrial {
  private static final int BATCH = 32;
  private static final int SCORING_BATCH = 100;
  private static final int MAX_TOKENS = 64;
  private static final int LATENCY_TEXTS = 100;

  private final LabelledCorpus glosses;
  private final List<Example> traffic;
  private final List<TrainingBatch> heldOut = new ArrayList<>();
  private final PrintWriter out;

  PruningTrial(LabelledCorpus glosses, int records, PrintWriter out) {
    this.glosses = glosses;
    this.out = out;
    traffic = glosses.traffic(records, MAX_TOKENS);
    if (traffic.size() < records) {
      throw new IllegalArgumentException(
          "%,d records are asked for, there are %,d".formatted(records, traffic.size()));
    }
    // Of like length, so that little is spent on padding.
    List<Example> sorted = new ArrayList<>(glosses.heldOut(MAX_TOKENS));
    sorted.sort(Comparator.comparingInt(example -> example.tokens().length));
    for (int from = 0; from < sorted.size(); from += SCORING_BATCH) {
      heldOut.add(batch(sorted, from, SCORING_BATCH, sorted.size()));
    }
  }

  /** Learns until so many records have been learned in all. */
  void learn(StudentEngine engine, PruningPlan plan, int until) throws DivergedStepException {
    TrainingSchedule schedule = TrainingSchedule.annealed(OnePass.ANNEALED_RECORDS);
    while (engine.recordsLearned() < until) {
      int from = (int) engine.recordsLearned();
      engine.prune(plan);
      engine.learn(batch(traffic, from, BATCH, until), schedule.at(from));
    }
  }

  private static TrainingBatch batch(List<Example> examples, int from, int size, int end) {
    List<Example> part = examples.subList(from, Math.min(from + size, end));
    return new TrainingBatch(
        new TokenInputs(part.stream().map(Example::tokens).toArray(int[][]::new)),
        part.stream().map(Example::target).toList(),
        part.stream().mapToInt(Example::truth).toArray());
  }

  /**
   * Learns and measures every {@code interval} records, until all records are learned.
   *
   * @param unpruned to compare the latency with
   */
  void run(String name, StudentEngine engine, PruningPlan plan, int interval, OnnxModel unpruned)
      throws IOException, UnusableModelException {
    out.printf("%n%s%n%n", name);
    out.println(
        "| records | sparsity | units gone | rows gone | weights left | agreement | accuracy | KL |"
            + " fp32 MB | lz4 | zstd | INT8 MB | lz4 | zstd | latency | INT8's |");
    out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (int until = (int) engine.recordsLearned() + interval;
        until <= traffic.size();
        until += interval) {
      try {
        learn(engine, plan, until);
      } catch (DivergedStepException e) {
        out.println(e.getMessage());
        return;
      }
      print(engine, unpruned);
    }
  }

  private void print(StudentEngine engine, OnnxModel unpruned)
      throws IOException, UnusableModelException {
    PruningLevel level = engine.pruningLevel();
    BatchScore score = score(engine);
    OnnxModel fp32 = export(engine);
    OnnxModel int8 = quantized(fp32);
    List<String> texts = glosses.heldOutTexts().subList(0, LATENCY_TEXTS);
    out.printf(
        Locale.ROOT,
        "| %,d | %.1f %% | %.1f %% | %.1f %% | %,d | %.4f | %.4f | %.3f |%s%s %.2f | %.2f |%n",
        engine.recordsLearned(),
        100 * level.sparsity(),
        100 * level.unitsRemoved(),
        100 * level.rowsRemoved(),
        level.parameters() - level.pruned(),
        score.agreement(),
        score.accuracy(),
        score.meanKl(),
        sizes(fp32),
        sizes(int8),
        DeviceLatency.ratio(fp32, unpruned, texts),
        DeviceLatency.ratio(int8, quantized(unpruned), texts));
    out.flush();
  }

  private static String sizes(OnnxModel model) {
    byte[] file = model.bytes();
    return String.format(
        Locale.ROOT,
        " %.2f | %.2f | %.2f |",
        file.length / 1e6,
        WireSize.lz4(file) / 1e6,
        WireSize.zstd(file) / 1e6);
  }

  private BatchScore score(StudentEngine engine) {
    BatchScore score = BatchScore.NONE;
    for (TrainingBatch batch : heldOut) {
      score = score.plus(BatchScore.of(engine.logits(batch.inputs()), batch));
    }
    return score;
  }

  OnnxModel export(StudentEngine engine) {
    return StudentExport.export(
        engine.snapshot().weights(),
        new ModelMetadata(glosses.labels(), MAX_TOKENS, glosses.tokenizer(), Map.of()));
  }

  private static OnnxModel quantized(OnnxModel model) {
    return GraphQuantizer.uniform(model, Precision.INT8_DYNAMIC);
  }
}
