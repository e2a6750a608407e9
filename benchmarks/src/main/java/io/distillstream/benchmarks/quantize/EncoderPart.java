package io.distillstream.benchmarks.quantize;

import io.distillstream.local.quantize.OutcomeText;
import io.distillstream.local.quantize.TerminalProgress;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.model.ModelLocation;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.quantization.search.Progress;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.HeadFile;
import io.distillstream.teacher.encoder.OnnxTextEncoder;
import io.distillstream.teacher.encoder.TokenizedText;
import io.distillstream.teacher.kind.EncoderClassifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * all-MiniLM-L6-v2 quantized here, beside the INT8 file of the same model that others published:
 * size, vectors against those of fp32, accuracy of a head that was fitted on fp32's vectors, and
 * latency of single texts on one thread.
 */
final class EncoderPart {
  private static final String ORIGINAL = "fp32";
  private static final String PUBLISHED = "published INT8";
  private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";
  private static final int LOADS = 9;
  private static final int ROUNDS = 5;

  /** What is left out for a row of its own. */
  private static final List<String> WITHOUT = List.of("--no-smooth", "--no-fuse-attention");

  private final Workspace workspace;
  private final PrintWriter out;

  EncoderPart(Workspace workspace, PrintWriter out) {
    this.workspace = workspace;
    this.out = out;
  }

  /**
   * Quantizes and compares.
   *
   * @param traffic to calibrate on
   * @param unseen to judge on: of neither the traffic nor what the head was fitted on
   * @param timed how many of these are timed
   */
  void run(List<Gloss> traffic, List<Gloss> unseen, int timed) throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put(ORIGINAL, workspace.resource("/all-minilm-l6-v2.onnx"));
    files.put(PUBLISHED, workspace.resource("/all-minilm-l6-v2-q.onnx"));
    files.putAll(quantized(files.get(ORIGINAL), workspace.texts("traffic.jsonl", traffic)));
    compare(files, unseen, timed);
  }

  /** What the command's defaults make, the chosen one first, and the same with less done to it. */
  private Map<String, Path> quantized(Path original, Path traffic) throws IOException {
    List<String> samples =
        List.of(
            "--calibration", traffic.toString(),
            "--tokenizer", workspace.resource(TOKENIZER).toString());
    Path chosen = workspace.file("chosen.onnx");
    DefaultQuantizer.Made made = DefaultQuantizer.quantize(original, chosen, samples, List.of());
    made.times().print(out);
    OutcomeText.of(made.quantization()).forEach(out::println);
    out.println();
    out.flush();
    Attempt best = made.quantization().choice().best();
    Map<String, Path> files = new LinkedHashMap<>();
    files.put(best.describe() + ", chosen", chosen);
    for (Attempt attempt : made.quantization().attempts()) {
      if (attempt.ladder() != best.ladder()) {
        Path file = workspace.file(attempt.ladder() + ".onnx");
        attempt.artifact().write(file);
        files.put(attempt.describe(), file);
      }
    }
    for (String option : WITHOUT) {
      Path file = workspace.file("without" + option + ".onnx");
      DefaultQuantizer.quantize(
          original,
          file,
          samples,
          List.of("--scheme", "int8-dynamic", option, "--timed-samples=0"));
      files.put("int8-dynamic " + option, file);
    }
    return files;
  }

  @SuppressWarnings("MustBeClosedChecker") // The caller closes it.
  private static OnnxTextEncoder open(Path file) {
    EncoderSettings settings = EncoderClassifier.miniLm().encoder();
    return OnnxTextEncoder.open(
        new EncoderSettings(
            new ModelLocation(file.toString()), settings.tokenizer(), settings.maxTokens(), 1));
  }

  private void compare(Map<String, Path> files, List<Gloss> unseen, int timed) throws IOException {
    List<TokenizedText> texts = new ArrayList<>();
    try (OnnxTextEncoder tokenizes = open(files.values().iterator().next())) {
      unseen.forEach(text -> texts.add(tokenizes.tokenize(text.text())));
    }
    // Before the processors are busy with all texts.
    Loads loads = loads(files, texts.subList(0, Math.min(timed, texts.size())));
    ClassifierHead head = HeadFile.read(EncoderClassifier.miniLm().head()).head();
    Progress progress = new TerminalProgress(out);
    List<EncodedAnswers> answers = new ArrayList<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      try (OnnxTextEncoder encoder = open(file.getValue())) {
        answers.add(EncodedAnswers.of(encoder, head, texts, file.getKey(), progress));
      }
    }
    print(files, answers, truth(unseen, head), loads);
  }

  /** Loaded in another order each time. */
  private static Loads loads(Map<String, Path> files, List<TokenizedText> texts) {
    List<Turns> turns = new ArrayList<>();
    for (int load = 0; load < LOADS; load++) {
      List<Map.Entry<String, Path>> order = new ArrayList<>(files.entrySet());
      Collections.shuffle(order, new Random(load));
      Map<String, OnnxTextEncoder> encoders = new HashMap<>();
      try {
        order.forEach(file -> encoders.put(file.getKey(), open(file.getValue())));
        List<IntConsumer> calls = new ArrayList<>();
        for (String name : files.keySet()) {
          OnnxTextEncoder encoder = Objects.requireNonNull(encoders.get(name));
          calls.add(i -> encoder.encode(List.of(texts.get(i))));
        }
        turns.add(Turns.of(calls, texts.size(), ROUNDS));
      } finally {
        encoders.values().forEach(OnnxTextEncoder::close);
      }
    }
    return new Loads(turns);
  }

  private static List<Integer> truth(List<Gloss> texts, ClassifierHead head) {
    return texts.stream().map(text -> head.labels().indexOf(text.label())).toList();
  }

  private void print(
      Map<String, Path> files, List<EncodedAnswers> answers, List<Integer> truth, Loads loads)
      throws IOException {
    out.printf(Locale.ROOT, "%njudged on %,d texts%n%n", truth.size());
    out.println(
        "| model | bytes | of fp32 | mean cosine | accuracy |"
            + " over the published, points (standard error) | agreement | ms | of fp32 |"
            + " of the published |");
    out.println("|---|---|---|---|---|---|---|---|---|---|");
    int row = 0;
    long original = Files.size(files.values().iterator().next());
    for (Map.Entry<String, Path> file : files.entrySet()) {
      EncodedAnswers given = answers.get(row);
      PairedDifference difference = given.over(answers.get(1), truth);
      out.printf(
          Locale.ROOT,
          "| %s | %,d | %.1f %% | %.5f | %.4f | %+.2f (%.2f) | %.4f | %.2f | %s | %s |%n",
          file.getKey(),
          Files.size(file.getValue()),
          100.0 * Files.size(file.getValue()) / original,
          given.meanCosine(answers.get(0)),
          given.accuracy(truth),
          100 * difference.mean(),
          100 * difference.standardError(),
          given.agreement(answers.get(0)),
          loads.medianMillis(row),
          loads.ratio(row, 0),
          loads.ratio(row, 1));
      row++;
    }
    out.println();
    out.flush();
  }
}
