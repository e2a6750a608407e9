package io.distillstream.benchmarks.delta;

import io.distillstream.benchmarks.student.CorpusOptions;
import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.model.VocabularyTrimming;
import io.distillstream.model.WordPieceTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Trains a student on labelled texts, quantizes its checkpoints as the quantizer service does, and
 * measures the deltas between consecutive artifacts, early and late in training.
 */
@Command(
    name = "delta",
    mixinStandardHelpOptions = true,
    description = {
      "Deltas between consecutive artifacts of a student, early and late in training, for the"
          + " whole",
      "vocabulary and a trimmed one; beside bsdiff and zstd --patch-from where these are installed."
    })
public final class DeltaBenchmark implements Callable<Integer> {

  @Mixin private CorpusOptions texts = new CorpusOptions();

  @Option(
      names = "--every",
      description = {
        "Trained records between two versions (default: ${DEFAULT-VALUE}, which is what the demo",
        "trains in the 15 s between two checkpoints)."
      })
  private int every = 1_500;

  @Option(
      names = "--pairs",
      description =
          "Consecutive pairs measured early and as many late (default: ${DEFAULT-VALUE}).")
  private int pairs = 10;

  @Option(names = "--records", description = "Of the pass, at most (default: all texts).")
  private int records = Integer.MAX_VALUE;

  @Option(
      names = "--passes",
      description = {
        "Times that the texts come, each time in another order (default: ${DEFAULT-VALUE}). Late is",
        "the end of the last one."
      })
  private int passes = 1;

  @Option(
      names = "--trim",
      split = ",",
      description = {
        "Vocabularies: occurrences in the first 20,000 texts that keep a word piece; 0 keeps all",
        "(default: ${DEFAULT-VALUE})."
      })
  private List<Integer> trims = List.of(0, 1);

  @Option(
      names = "--set",
      description = {
        "A setting of the trainer or of the quantizer, such as trainer.averaging.enabled=false."
      })
  private Map<String, String> chosen = new HashMap<>();

  @Option(
      names = "--keep",
      description = "Keep the checkpoints and their artifacts in this folder.")
  private @Nullable Path folder;

  @Parameters(
      arity = "0..*",
      paramLabel = "ARTIFACT",
      description = "Measure these consecutive versions, and train nothing.")
  private List<Path> artifacts = new ArrayList<>();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  DeltaBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (passes < 1) {
      throw new ParameterException(
          spec.commandLine(), "--passes is " + passes + ", expected at least 1");
    }
    if (artifacts.size() == 1) {
      throw new ParameterException(spec.commandLine(), "A delta is of two artifacts, got one");
    }
    try (DeltaTable table = new DeltaTable(out)) {
      if (!artifacts.isEmpty()) {
        table.print("The given artifacts", artifacts);
        return 0;
      }
      LabelledCorpus corpus = texts.load(out);
      for (int trim : trims) {
        trained(corpus, trim, table, out);
      }
    }
    return 0;
  }

  private void trained(LabelledCorpus corpus, int trim, DeltaTable table, PrintWriter out)
      throws IOException, InterruptedException {
    LabelledCorpus cut = trim == 0 ? corpus : corpus.cutBy(trimmed(corpus, trim));
    String name =
        String.format(Locale.ROOT, "%,d word pieces", cut.tokenizer().vocabulary().size());
    Path kept =
        folder == null
            ? Files.createTempDirectory("artifacts")
            : Files.createDirectories(folder.resolve("trim-" + trim));
    try {
      PublishedArtifacts run = new PublishedArtifacts(cut, corpus.tokenizer(), chosen, kept);
      out.printf("Training the student of %s%n", name);
      out.flush();
      run.train(every, records, passes, pairs + 1);
      table.print(name + ", early", run.early());
      table.print(name + ", late", run.late());
      out.printf(
          Locale.ROOT,
          "%s: agreement of artifact and fp32 on %,d unseen texts, mean of the artifacts:"
              + " %.4f%n%n",
          name,
          run.unseen(),
          run.agreement());
    } finally {
      if (folder == null) {
        delete(kept);
      }
    }
  }

  private static WordPieceTokenizer trimmed(LabelledCorpus corpus, int least) {
    VocabularyTrimming trimming = new VocabularyTrimming(corpus.tokenizer());
    corpus.trafficTexts().stream().limit(20_000).forEach(trimming::count);
    return trimming.trimmed(least, Integer.MAX_VALUE);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
