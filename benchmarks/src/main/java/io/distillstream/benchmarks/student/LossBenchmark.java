package io.distillstream.benchmarks.student;

import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The default student after one pass over the same labelled glosses, from the same weights, learned
 * by different losses. All are scored alike: against the teacher's whole distribution.
 */
@Command(
    name = "losses",
    mixinStandardHelpOptions = true,
    description = "Agreement, accuracy, KL and calibration by loss.")
public final class LossBenchmark implements Callable<Integer> {

  private static final long SEED = 42;

  @Option(names = "--records", description = "Learned once (default: ${DEFAULT-VALUE}).")
  private int records = 20_000;

  @Option(
      names = "--labels",
      description = "Where the teacher's logits are kept (default: ${DEFAULT-VALUE}).")
  private Path labels = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(
      names = "--embeddings",
      description = "Also match the teacher's embeddings, which it takes minutes to give.")
  private boolean embeddings;

  @Option(names = "--only", description = "Variants whose names hold this text.")
  private String only = "";

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  LossBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledCorpus glosses = LabelledCorpus.glosses(labels, out);
    StudentSpec shape =
        StudentSize.SMALL.classifier(
            glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    StudentWeights weights = TeacherStart.weights(shape, SEED, TeacherWordTable.ofMiniLm());
    List<Example> traffic = glosses.traffic(records, shape.maxTokens());
    List<Example> heldOut = glosses.heldOut(shape.maxTokens());
    out.println("| loss | agreement | accuracy | KL | ECE | last τ | records/s |");
    out.println("|---|---|---|---|---|---|---|");
    for (LossVariant variant : LossVariant.all()) {
      if (variant.name().contains(only)) {
        run(variant, traffic, heldOut, weights);
      }
    }
    if (embeddings) {
      List<Example> embedded = TeacherEmbeddings.of(traffic, glosses.trafficTexts());
      int dimension = embedded.get(0).embedding().length;
      for (double weight : new double[] {0.3, 1, 3}) {
        run(LossVariant.embeddings(weight, dimension), embedded, heldOut, weights);
      }
    }
    return 0;
  }

  private void run(
      LossVariant variant, List<Example> traffic, List<Example> heldOut, StudentWeights weights)
      throws DivergedStepException {
    OnePass pass =
        OnePass.over(
            variant.published(traffic),
            heldOut,
            StudentState.fresh(weights, SEED),
            variant.recipe());
    spec.commandLine().getOut().println(row(variant.name(), pass));
    spec.commandLine().getOut().flush();
  }

  private static String row(String name, OnePass pass) {
    BatchScore score = pass.heldOut();
    return String.format(
        Locale.ROOT,
        "| %s | %.3f | %.3f | %.3f | %.3f | %.2f | %,.0f |",
        name,
        score.agreement(),
        score.accuracy(),
        score.meanKl(),
        score.toTruth().expectedCalibrationError(),
        pass.temperature(),
        pass.recordsPerSecond());
  }
}
