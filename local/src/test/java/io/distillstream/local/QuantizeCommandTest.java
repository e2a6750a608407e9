package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.AttentionGraph;
import io.distillstream.quantization.StudentGraph;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code ./distillstream quantize}, with a student that nobody trained. */
class QuantizeCommandTest {
  private static final int WORDS = 1500;

  @TempDir Path folder;
  private Path model;
  private Path texts;
  private Path out;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeEach
  void writeModelAndTexts() throws IOException {
    ModelMetadata metadata =
        new ModelMetadata(
            new LabelSpace(List.of("act", "food", "person")),
            24,
            new WordPieceTokenizer(vocabulary()),
            Map.of());
    model = folder.resolve("student.onnx");
    new StudentGraph(WORDS + 5, 64, 1, 3, 3).build(metadata.toMap()).write(model);
    texts = Files.writeString(folder.resolve("texts.csv"), texts(120));
    out = folder.resolve("student.int8.onnx");
  }

  @Test
  void shouldWriteTheArtifactWithItsReportAndSayWhatWasChosen() throws Exception {
    Path report = folder.resolve("report");
    Path ort = folder.resolve("student.ort");

    Outcome outcome =
        quantize(
            "--calibration=" + texts,
            "--calibration-samples=60",
            "--min-agreement=0.8",
            "--max-size-ratio=0.4",
            "--timed-samples=0",
            "--report=" + report,
            "--ort=" + ort);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("int8-dynamic", "int8-static", "passed", "Chosen: ", "Artifact: " + out);
    assertThat(Files.size(out)).isLessThan(Files.size(model) * 4 / 10);
    assertThat(folder.resolve("report.html")).content().contains("int8-static");
    assertThat(folder.resolve("report.json")).content().contains("texts.csv");
    OnnxModel artifact = OnnxModel.read(out);
    assertThat(artifact.metadata()).containsAllEntriesOf(OnnxModel.read(model).metadata());
    assertThat(artifact.metadata()).containsKey("distillstream.provenance.quantization-scheme");
    assertThat(answer(ort)).hasSize(3).containsExactly(answer(out));
  }

  @Test
  void shouldKeepTheNearestCandidateBesideAndFailWhereNothingPasses() throws Exception {
    Outcome outcome =
        quantize(
            "--calibration=" + texts,
            "--scheme=int8-dynamic",
            "--max-size-ratio=0.05",
            "--ort=" + folder.resolve("student.ort"));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).contains("None of 1 passed", "size ratio 0.", "Not passed: ");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("student.ort")).doesNotExist();
    Path rejected = folder.resolve("student.int8.onnx.rejected.onnx");
    assertThat(answer(rejected)).hasSize(3);
  }

  @Test
  void shouldQuantizeWithoutDataAndSayWhatThatIsWorth() throws Exception {
    Outcome outcome = quantize("--min-agreement=0", "--max-latency-ratio=1000", "--report=" + out);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(out).exists();
    assertThat(Path.of(out + ".json")).content().contains("quality is not");
  }

  @Test
  void shouldLeaveLayersAloneThatSaveTooLittle() throws Exception {
    List<String> loose = List.of("--min-agreement=0", "--timed-samples=0", "--report=" + out);

    assertThat(layers(loose, "--min-saved-bytes=0")).contains("classifier");
    assertThat(layers(loose, "--min-saved-bytes=100000")).containsOnly("embedding");
  }

  /** What stands in 8 bits in the artifact. */
  private List<String> layers(List<String> options, String more) throws IOException {
    Outcome outcome =
        quantize(Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return OnnxModel.read(out).initializerNames().stream()
        .filter(name -> name.matches(".*/u?int8"))
        .map(name -> name.replaceFirst("/u?int8$", ""))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldFuseAttentionUnlessToldNotToAndSayWhoseOperatorsThatTakes(boolean fuse)
      throws Exception {
    new AttentionGraph(4, 16, 5).build().write(model);
    List<String> options =
        List.of(
            "--scheme=int8-dynamic",
            "--dimension=length=16",
            "--min-cosine=0",
            "--max-range-error=9",
            "--max-memory-ratio=2",
            "--timed-samples=0",
            "--report=" + out);

    Outcome outcome =
        quantize(
            Stream.concat(options.stream(), fuse ? Stream.of() : Stream.of("--no-fuse-attention"))
                .toArray(String[]::new));

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Map<String, Long> opsets = OnnxModel.read(out).opsets();
    String report = Files.readString(Path.of(out + ".json"));
    if (fuse) {
      assertThat(opsets).containsKey("com.microsoft");
      assertThat(outcome.out()).contains("operators not of ONNX: 1 com.microsoft.QAttention");
      assertThat(report).contains("com.microsoft.QAttention");
    } else {
      assertThat(opsets).doesNotContainKey("com.microsoft");
      assertThat(outcome.out()).doesNotContain("not of ONNX");
      assertThat(report).doesNotContain("com.microsoft");
    }
  }

  @Test
  void shouldHoldTablesInBlocksOfTheSizeAskedFor() throws Exception {
    Outcome outcome =
        quantize(
            "--scheme=int4-weights", "--block-size=16", "--min-agreement=0", "--timed-samples=0");

    assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    assertThat(OnnxModel.read(out).initializer("embedding/int4_rows/scales").orElseThrow().dims())
        .containsExactly(WORDS + 5L, 64L / 16);
  }

  @Test
  void shouldJudgeOnWhatWasCalibratedOnWhereNothingIsLeft() {
    Outcome outcome =
        quantize(
            "--calibration=" + texts,
            "--evaluation-samples=1",
            "--min-samples=1",
            "--min-agreement=0",
            "--timed-samples=0",
            "--report=" + out);

    assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
    assertThat(Path.of(out + ".json")).content().contains("calibrated on, too");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--scheme=int7          | int8-dynamic",
        "--objective=cheapest   | smallest",
        "--target=z80           | x86-avx2",
        "--method=guess         | min-max",
        "--min-agreement=1.5    | Agreement lies in [0.0, 1.0]",
        "--min-agreement=much   | --min-agreement",
        "--max-size-ratio=0     | Size ratio is positive",
        "--percentile=20        | percentile in (50, 100]",
        "--block-size=7         | 7",
        "--min-saved-bytes=-1   | at least 0 bytes saved",
        "--min-saved-bytes=some | --min-saved-bytes",
        "--max-fallback-layers=-1 | at least 0 steps",
        "--timed-samples=-1     | -1",
        "--evaluation-samples=0 | at least 1 sample",
        "--max-tokens=1         | at least 2 tokens",
        "--dimension=batch=0    | batch",
        "--no-such-option       | --no-such-option",
      })
  void shouldNameAWrongOptionAndWhatWouldBeAccepted(String option, String named) {
    Outcome outcome = quantize(option);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.err()).contains(named).doesNotContain("Exception");
    assertThat(out).doesNotExist();
  }

  @Test
  void shouldAskForTheOutput() {
    Outcome outcome = run("quantize", model.toString());

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--out");
  }

  @Test
  void shouldNameTheFileThatIsNotThereOrOfNoUse() throws Exception {
    Path garbage = Files.writeString(folder.resolve("garbage.onnx"), "no model");
    Path none = folder.resolve("none.csv");

    assertFails("No model file " + none, "quantize", none.toString(), "--out=" + out);
    assertFails(garbage.toString(), "quantize", garbage.toString(), "--out=" + out);
    assertFails(
        none.toString(), "quantize", model.toString(), "--out=" + out, "--calibration=" + none);
    Path other = Files.writeString(folder.resolve("other.csv"), "words,label\na,b\n");
    assertFails(
        "other.csv", "quantize", model.toString(), "--out=" + out, "--calibration=" + other);
    Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
    for (String option : List.of("--calibration=", "--evaluation=")) {
      assertFails(
          empty + ": holds no samples",
          "quantize",
          model.toString(),
          "--out=" + out,
          option + empty);
    }
  }

  private void assertFails(String named, String... arguments) {
    Outcome outcome = run(arguments);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("error: ").contains(named);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(out).doesNotExist();
  }

  private Outcome quantize(String... options) {
    List<String> arguments = new ArrayList<>(List.of("quantize", model.toString()));
    arguments.add("--out=" + out);
    arguments.addAll(Arrays.asList(options));
    return run(arguments.toArray(String[]::new));
  }

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Distillstream.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return new Outcome(commandLine.execute(arguments), out.toString(), err.toString());
  }

  /** In either format, as a device loads it. */
  private static float[] answer(Path file) throws OrtException {
    long[][] ids = {{2, 7, 9, 3}};
    long[][] mask = {{1, 1, 1, 1}};
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor words = OnnxTensor.createTensor(environment, ids);
        OnnxTensor attended = OnnxTensor.createTensor(environment, mask);
        OrtSession.Result result =
            session.run(Map.of("input_ids", words, "attention_mask", attended))) {
      return ((float[][]) result.get(0).getValue())[0];
    }
  }

  private static List<String> vocabulary() {
    List<String> pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    for (int i = 0; i < WORDS; i++) {
      pieces.add("w" + i);
    }
    return pieces;
  }

  private static String texts(int count) {
    SplittableRandom random = new SplittableRandom(11);
    return Stream.generate(
            () -> "w" + random.nextInt(WORDS) + " w" + random.nextInt(WORDS) + ",food\n")
        .limit(count)
        .reduce("text,label\n", String::concat);
  }
}
