package io.distillstream.benchmarks.quantize;

import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.benchmarks.student.OnePass;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.engine.DivergedStepException;
import io.distillstream.trainer.export.StudentExport;
import io.distillstream.trainer.start.RandomStart;
import io.distillstream.trainer.start.TeacherStart;
import io.distillstream.trainer.start.TeacherWordTable;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.TransformerSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The quantizer beside others, scheme by scheme, and on models of several kinds. */
@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    description = {
      "Quantized models beside their originals, and an encoder beside the INT8 file that others",
      "published: size, quality and latency, in turns."
    })
public final class QuantizeBenchmark implements Callable<Integer> {
  private static final long SEED = 42;

  /** So many that chance makes a tenth of a point of accuracy between two good encoders. */
  private static final int UNSEEN = 20_000;

  /** What can be measured. */
  enum Part {
    /** all-MiniLM-L6-v2 beside the published INT8 file. */
    MINILM,
    /** This project's student in every scheme. */
    STUDENT,
    /** A wider student with random weights, for latency alone. */
    WIDE,
    /** A convolutional classifier. */
    CNN,
    /** Memory while activations are watched. */
    CALIBRATION
  }

  @Option(
      names = "--parts",
      split = ",",
      description = "Of ${COMPLETION-CANDIDATES}, in any case (default: all).")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--labels",
      description =
          "Where the teacher's logits for training a student are kept (default: ${DEFAULT-VALUE}).")
  private Path labels = Path.of("data/benchmarks/teacher-logits.safetensors");

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "The fp32 student; trained and written there if there is none (default: not kept).")
  private @Nullable Path model;

  @Option(names = "--records", description = "Learned once (default: ${DEFAULT-VALUE}).")
  private int records = 20_000;

  @Option(
      names = "--held-out",
      description =
          "Texts to judge on (default: 3,000; for minilm, of which nothing learns, 20,000).")
  private @Nullable Integer heldOutTexts;

  @Option(names = "--timed", description = "Of these to time (default: ${DEFAULT-VALUE}).")
  private int timed = 100;

  @Option(
      names = "--watched",
      description = "Texts for the memory of calibration (default: ${DEFAULT-VALUE}).")
  private int watched = 10_000;

  @Option(
      names = "--images",
      paramLabel = "FILE",
      description =
          "Images [1, 1, 28, 28] with labels as .jsonl, .csv, .npz or .npy (default: drawn"
              + " digits).")
  private @Nullable Path images;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  QuantizeBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    WordNetGlosses glosses = WordNetGlosses.load();
    List<Gloss> traffic = glosses.traffic();
    check(traffic.size());
    List<Gloss> heldOut = first(glosses.heldOut(), glosses.heldOut().size());
    try (Workspace workspace = new Workspace()) {
      if (begins(Part.MINILM, "all-MiniLM-L6-v2", out)) {
        List<Gloss> unlabelled = glosses.unlabelled();
        List<Gloss> unseen = new ArrayList<>(glosses.heldOut());
        unseen.addAll(
            unlabelled.subList(DefaultQuantizer.CALIBRATED_AND_JUDGED, unlabelled.size()));
        new EncoderPart(workspace, out)
            .run(
                unlabelled.subList(0, DefaultQuantizer.CALIBRATED_AND_JUDGED),
                first(unseen, UNSEEN),
                timed);
      }
      if (begins(Part.STUDENT, "student", out)) {
        new StudentPart(workspace, out)
            .run(student(workspace, out), notLearned(traffic), heldOut, timed);
      }
      if (begins(Part.WIDE, "student 256 × 4 with random weights, latency alone", out)) {
        new StudentPart(workspace, out)
            .speedOnly(wide(workspace, traffic), notLearned(traffic), heldOut, timed);
      }
      if (begins(Part.CNN, "convolutional classifier", out)) {
        new ImagePart(workspace, out).run(Optional.ofNullable(images));
      }
      if (begins(Part.CALIBRATION, "memory of calibration, student", out)) {
        new CalibrationPart(out).run(student(workspace, out), traffic.subList(0, watched));
      }
    }
    return 0;
  }

  private void check(int traffic) {
    List<String> wrong = new ArrayList<>();
    if (heldOutTexts != null && heldOutTexts < 2) {
      wrong.add("Expected at least 2 texts to judge on, got " + heldOutTexts);
    }
    if (timed < 1) {
      wrong.add("Expected at least 1 text to time, got " + timed);
    }
    if (watched < 1 || watched > traffic) {
      wrong.add(
          "Expected 1 to %d texts for the memory of calibration, got %d"
              .formatted(traffic, watched));
    }
    if (records < 1 || records >= traffic) {
      wrong.add("Expected 1 to %d records to learn, got %d".formatted(traffic - 1, records));
    }
    if (!wrong.isEmpty()) {
      throw new ParameterException(spec.commandLine(), String.join("; ", wrong));
    }
  }

  private List<Gloss> first(List<Gloss> texts, int standard) {
    int most = heldOutTexts == null ? standard : heldOutTexts;
    return texts.subList(0, Math.min(most, texts.size()));
  }

  private List<Gloss> notLearned(List<Gloss> traffic) {
    return traffic.subList(Math.min(records, traffic.size()), traffic.size());
  }

  private boolean begins(Part part, String title, PrintWriter out) {
    if (!parts.contains(part)) {
      return false;
    }
    out.printf("%n## %s%n%n", title);
    out.flush();
    return true;
  }

  /** Trained when it is first needed and there is none. */
  private Path student(Workspace workspace, PrintWriter out)
      throws IOException, DivergedStepException {
    Path file = model == null ? workspace.file("student.onnx") : model;
    if (!Files.exists(file)) {
      train(LabelledCorpus.glosses(labels, out), out).write(file);
    }
    return file;
  }

  private OnnxModel train(LabelledCorpus glosses, PrintWriter out)
      throws IOException, DivergedStepException {
    TransformerSpec shape =
        StudentSize.SMALL.classifier(
            glosses.tokenizer().vocabulary().size(), glosses.labels().size());
    OnePass pass =
        OnePass.over(
            glosses.traffic(records, shape.maxTokens()),
            glosses.heldOut(shape.maxTokens()),
            StudentState.fresh(
                TeacherStart.weights(shape, SEED, TeacherWordTable.ofMiniLm()), SEED));
    out.printf(
        Locale.ROOT,
        "trained on %,d glosses; agrees with the teacher on %.4f of the held-out ones%n%n",
        records,
        pass.heldOut().agreement());
    out.flush();
    return StudentExport.export(
        pass.state().weights(),
        new ModelMetadata(glosses.labels(), shape.maxTokens(), glosses.tokenizer(), Map.of()));
  }

  private static Path wide(Workspace workspace, List<Gloss> traffic) throws IOException {
    WordPieceTokenizer tokenizer = LabelledCorpus.bundledTokenizer();
    LabelSpace classes =
        new LabelSpace(traffic.stream().map(Gloss::label).distinct().sorted().toList());
    TransformerSpec shape =
        StudentSize.BASE.classifier(tokenizer.vocabulary().size(), classes.size());
    Path file = workspace.file("wide.onnx");
    StudentExport.export(
            RandomStart.weights(shape, SEED),
            new ModelMetadata(classes, shape.maxTokens(), tokenizer, Map.of()))
        .write(file);
    return file;
  }
}
