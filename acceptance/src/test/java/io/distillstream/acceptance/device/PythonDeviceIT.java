package io.distillstream.acceptance.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.grack.nanojson.JsonWriter;
import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.local.ForeignProgram;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.model.ArgMax;
import io.distillstream.model.Softmax;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.scan.TopicScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The device in Python follows the gateway of a running pipeline. {@code .ci/run} sets it up;
 * without it the tests are skipped.
 */
class PythonDeviceIT {

  private static final String VARIABLE = "PYTHON_DEVICE";
  private static final String PYTHON = System.getenv().getOrDefault(VARIABLE, "python3");
  private static final String ID = "python-1";
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Logits are the same to the bit where both run one release of ONNX Runtime. */
  private static final double TOLERANCE = 1e-4;

  private static final List<String> AWKWARD_TEXTS =
      List.of(
          "a small domesticated carnivore kept as a pet",
          "",
          " \t\r\n",
          "Déjà vu: naïve FAÇADES, Ångström, İstanbul, STRASSE straße, e\u0301 é x\u0301\u0302",
          "中文字符和English混排，標點。日本語のテキスト 한국어 텍스트 \uf900",
          "emoji 😀 👩\u200d👩\u200d👧 🇩🇪 and \ud801\udc00\ud801\udc28",
          "null\u0000 bell\u0007 soft\u00adhyphen \ufeffbom \ufffd \u200bzero \ue000private\u0085",
          "Σοφός ΟΔΟΣ ς हिन्दी العربية עברית ไทย தமிழ் кириллица ЁЖИК ﬁne ½ Ⅷ ①",
          "special [SEP] tokens [CLS]inside[MASK] [UNK] [PAD] not [sep] nor [ SEP ] nor [[SEP]]",
          "don't stop!? (e.g. $9.99, 50% off; a+b=c ~ `code` <tag> {x|y} \\ ^_^ @you #1)",
          "before " + "supercalifragilistic".repeat(20) + " after",
          "a word and ".repeat(500));

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static LocalPipeline pipeline;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static Path root;

  private static String told = "";
  private static long installed;

  /** A first version, and a second one that takes over from it. */
  @BeforeAll
  static void installTwoVersions() throws Exception {
    ForeignProgram.require(
        "the device in Python", VARIABLE, PYTHON, "-c", "import distillstream_device");
    pipeline = SmallPipeline.start(folder.resolve("data"));
    root = pipeline.trustedRoot().orElseThrow();
    Path output = folder.resolve("follow.log");
    Process device =
        new ProcessBuilder(follow(gateway(), root, device(), "--keep-following", "--wait", "240"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      device.getOutputStream().close();
      GlossTraffic.send(pipeline.cluster(), 0, 400);
      long first = awaitVersionAbove(0, output);
      GlossTraffic.send(pipeline.cluster(), 400, 800);
      awaitVersionAbove(first, output);
      Awaitility.await("a report of records that came after the device did")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> recordsReported() > 0);
    } finally {
      device.destroy();
      assertThat(device.waitFor(1, TimeUnit.MINUTES)).as("ended").isTrue();
    }
    told = Files.readString(output);
    installed = lastInstalled(output).orElseThrow();
    assertThat(device.exitValue()).as(told).isZero();
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  @Test
  void shouldTellOfVersionsAndNothingElse() {
    assertThat(told.lines()).allMatch(line -> line.matches("version \\d+ installed"));
  }

  @Test
  void shouldAnswerAsTheDeviceInJavaDoes() throws Exception {
    Path texts = folder.resolve("texts.json");
    Files.writeString(texts, JsonWriter.string(AWKWARD_TEXTS));
    Path script = ForeignProgram.script(PythonDeviceIT.class, "python_answers.py", folder);
    ForeignProgram.Result result =
        ForeignProgram.run(
            List.of(PYTHON, script.toString(), device().toString(), texts.toString()));
    assertThat(result.exitCode()).as(result.output()).isZero();
    JsonFields found = Json.object(result.output());
    assertThat(found.wholeNumber("version", 0, Long.MAX_VALUE)).isEqualTo(installed);
    List<JsonFields> answers = found.objects("answers");
    assertThat(answers).hasSameSizeAs(AWKWARD_TEXTS);
    try (OnnxClassifier java = OnnxClassifier.open(artifact())) {
      for (int i = 0; i < answers.size(); i++) {
        String text = AWKWARD_TEXTS.get(i);
        float[] logits = java.logits(text);
        double[] expected = Softmax.of(logits);
        List<Float> probabilities = answers.get(i).floats("probabilities");
        assertThat(answers.get(i).text("label"))
            .as(text)
            .isEqualTo(java.labels().label(ArgMax.of(logits)));
        for (int label = 0; label < expected.length; label++) {
          assertThat((double) probabilities.get(label))
              .as("%s of %s", java.labels().label(label), text)
              .isCloseTo(expected[label], within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void shouldAnswerAfterARestartWhileTheGatewayIsAway() throws Exception {
    ForeignProgram.Result result = ForeignProgram.run(follow("http://127.0.0.1:9", root, device()));
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output().lines())
        .contains("version " + installed + " was installed before")
        .noneMatch(line -> line.contains("Traceback"));
    String text = AWKWARD_TEXTS.get(0);
    try (OnnxClassifier java = OnnxClassifier.open(artifact())) {
      float[] logits = java.logits(text);
      assertThat(
              ForeignProgram.run(command("predict", "--folder", device().toString(), text))
                  .output())
          .isEqualTo(
              String.format(
                  Locale.ROOT,
                  "%s\t%.4f\tv%d\n",
                  java.labels().label(ArgMax.of(logits)),
                  Softmax.largest(logits),
                  installed));
    }
  }

  @Test
  void shouldReportWhatItInstalled() {
    assertThat(reports()).allMatch(report -> report.getEvent() == DeviceEvent.INSTALLED);
    // That of the last one may still wait in its folder, since the device has ended.
    assertThat(reports()).extracting(DeviceReport::getVersion).contains(firstInstalled());
    assertThat(recordsReported()).isPositive();
  }

  private static long recordsReported() {
    return reports().stream()
        .flatMap(report -> report.getEventTimes().getCounts().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static List<DeviceReport> reports() {
    ClusterSettings cluster = pipeline.cluster();
    Codec<DeviceReport> codec =
        pipeline.context().wire().codec(Topics.DEVICE_REPORTS, cluster.pipeline());
    List<DeviceReport> reports = new ArrayList<>();
    try (TopicScan scan = new TopicScan(cluster.connection())) {
      scan.read(scan.whole(codec.topic()), record -> reports.add(decoded(codec, record.value())));
    }
    return reports.stream().filter(report -> report.getDeviceId().equals(ID)).toList();
  }

  @Test
  void shouldTakeNothingWithAnotherRoot() throws Exception {
    TrustFolder other = new TrustFolder(folder.resolve("other-trust"));
    NewRepository.create(
        other,
        List.of(new ChannelTargets("student", "stable")),
        1,
        1,
        Expiries.DEFAULTS,
        Clock.systemUTC());
    Path place = folder.resolve("other-device");
    ForeignProgram.Result result =
        ForeignProgram.run(follow(gateway(), other.trustedRoot(), place, "--wait", "10"));
    assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
    assertThat(result.output().lines())
        .hasSize(2)
        .anyMatch(
            line ->
                line.startsWith("warning: Updates of student/stable cannot be followed: ")
                    && line.contains("the metadata is not trusted"))
        .contains("error: No update of student/stable within 10 s on " + gateway());
    try (Stream<Path> files = Files.list(place)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("model-"));
    }
  }

  private static String gateway() {
    return requireNonNull(pipeline.addresses().get("gateway"));
  }

  private static Path device() {
    return folder.resolve("device");
  }

  private static Path artifact() throws IOException {
    try (Stream<Path> files = Files.list(device())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("model-" + installed + "-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(PYTHON, "-m", "distillstream_device"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> follow(String gateway, Path root, Path place, String... options) {
    List<String> command = command("follow", "--gateway", gateway, "--id", ID);
    command.addAll(List.of("--root", root.toString(), "--folder", place.toString()));
    command.addAll(List.of(options));
    return command;
  }

  private static long awaitVersionAbove(long version, Path output) {
    Awaitility.await("a version above " + version)
        .atMost(PATIENCE)
        .until(() -> lastInstalled(output).orElse(0) > version);
    return lastInstalled(output).orElseThrow();
  }

  private static OptionalLong lastInstalled(Path output) {
    try (Stream<String> lines = Files.lines(output, StandardCharsets.UTF_8)) {
      return lines.mapToLong(PythonDeviceIT::version).max();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long firstInstalled() {
    return told.lines().mapToLong(PythonDeviceIT::version).min().orElseThrow();
  }

  /** The version in a line such as "version 3 installed"; 0 in any other. */
  private static long version(String line) {
    return line.matches("version \\d+ installed")
        ? Long.parseLong(line.substring("version ".length(), line.lastIndexOf(' ')))
        : 0;
  }

  private static DeviceReport decoded(Codec<DeviceReport> codec, byte[] report) {
    try {
      return codec.decode(report);
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }
}
