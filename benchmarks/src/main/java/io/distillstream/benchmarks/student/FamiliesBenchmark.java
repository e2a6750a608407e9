package io.distillstream.benchmarks.student;

import io.distillstream.model.ModelMetadata;
import io.distillstream.model.VocabularyTrimming;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.plan.Precision;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Students of every text family, with whole and trimmed vocabularies, after one pass over the same
 * labelled glosses. The vocabulary is trimmed to the very glosses that are learned, so held-out
 * ones show what it costs to spell out words that traffic did not have.
 */
@Command(
    name = "families",
    mixinStandardHelpOptions = true,
    description = "Size, agreement, accuracy and training rate of the text families.")
public final class FamiliesBenchmark implements Callable<Integer> {

  private static final long SEED = 42;

  @Option(names = "--records", description = "Learned once (default: ${DEFAULT-VALUE}).")
  private int records = 20_000;

  @Option(
      names = "--labels",
      description = "Where the teacher's logits are kept (default: ${DEFAULT-VALUE}).")
  private Path labels = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(
      names = "--students",
      split = ",",
      description =
          "Transformers by their size (tiny, small, base, large), bags of n-grams by width and"
              + " buckets (default: ${DEFAULT-VALUE}).")
  private List<String> students = List.of("ngram-128-16384", "tiny", "small", "base");

  @Option(
      names = "--trim",
      split = ",",
      description =
          "Vocabularies: occurrences that keep a word piece; 0 keeps all (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Integer> trims = List.of(0, 1, 3, 10);

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  FamiliesBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledCorpus glosses = LabelledCorpus.glosses(labels, out);
    TeacherWordTable table = TeacherWordTable.ofMiniLm();
    Map<Integer, WordPieceTokenizer> vocabularies = vocabularies(glosses);
    out.println(
        "| student | word pieces | parameters | fp32 MB | INT8 MB | agreement | accuracy | KL |"
            + " records/s |");
    out.println("|---|---|---|---|---|---|---|---|---|");
    for (String student : students) {
      for (WordPieceTokenizer vocabulary : vocabularies.values()) {
        out.println(row(student, glosses.cutBy(vocabulary), table, glosses.tokenizer()));
        out.flush();
      }
    }
    return 0;
  }

  private Map<Integer, WordPieceTokenizer> vocabularies(LabelledCorpus glosses) {
    VocabularyTrimming trimming = new VocabularyTrimming(glosses.tokenizer());
    glosses.trafficTexts().stream().limit(records).forEach(trimming::count);
    Map<Integer, WordPieceTokenizer> vocabularies = new LinkedHashMap<>();
    for (int least : trims) {
      vocabularies.put(
          least, least == 0 ? glosses.tokenizer() : trimming.trimmed(least, Integer.MAX_VALUE));
    }
    return vocabularies;
  }

  private String row(
      String student, LabelledCorpus glosses, TeacherWordTable table, WordPieceTokenizer full)
      throws Exception {
    WordPieceTokenizer vocabulary = glosses.tokenizer();
    StudentSpec shape =
        NamedStudent.of(student, vocabulary.vocabulary().size(), glosses.labels().size())
            .orElseThrow(
                () ->
                    new ParameterException(spec.commandLine(), "No student is called " + student));
    TeacherWordTable words = table.select(full.vocabulary(), vocabulary.vocabulary());
    OnePass pass =
        OnePass.over(
            glosses.traffic(records, shape.maxTokens()),
            glosses.heldOut(shape.maxTokens()),
            StudentState.fresh(TeacherStart.weights(shape, SEED, words), SEED));
    OnnxModel model =
        StudentExport.export(
            pass.state().weights(),
            new ModelMetadata(glosses.labels(), shape.maxTokens(), vocabulary, Map.of()));
    return String.format(
        Locale.ROOT,
        "| %s | %,d | %,d | %.2f | %.2f | %.3f | %.3f | %.3f | %,.0f |",
        student,
        shape.vocabularySize(),
        shape.size(),
        model.bytes().length / 1e6,
        GraphQuantizer.uniform(model, Precision.INT8_DYNAMIC).sizeBytes() / 1e6,
        pass.heldOut().agreement(),
        pass.heldOut().accuracy(),
        pass.heldOut().meanKl(),
        pass.recordsPerSecond());
  }
}
