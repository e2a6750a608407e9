package io.distillstream.acceptance.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.local.Distillstream;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.model.ArgMax;
import io.distillstream.model.Softmax;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The device on an ARM64 JVM, emulated by QEMU, with the aarch64 build of ONNX Runtime: right
 * answers, no word of speed.
 */
class Arm64DeviceIT {

  /** Of a logit, as in docs/devices.md. */
  private static final double TOLERANCE = 0.001;

  private static final int TEXTS = 40;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static LocalPipeline pipeline;

  @BeforeAll
  static void publishForArm64() throws Exception {
    Arm64Jvm.require();
    pipeline =
        SmallPipeline.start(
            folder.resolve("data"),
            // One checkpoint, and so one version.
            Map.of("quantizer.channels", "stable=arm64-int8", "trainer.checkpoint-interval", "1h"));
    GlossTraffic.send(pipeline.cluster(), 0, 150);
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  @Test
  void shouldTakeAnUpdateAndAnswerAsHere() throws Exception {
    List<String> texts =
        WordNetGlosses.load().traffic().stream().limit(TEXTS).map(Gloss::text).toList();
    List<String> answers = answers(texts);
    assertThat(answers).hasSameSizeAs(texts);
    String version = answers.get(0).split("\t", -1)[2];
    assertThat(answers).allMatch(answer -> answer.endsWith("\t" + version));
    try (OnnxClassifier here = OnnxClassifier.open(installed(version))) {
      for (int i = 0; i < texts.size(); i++) {
        String[] answer = answers.get(i).split("\t", -1);
        float[] logits = here.logits(texts.get(i));
        int label = ArgMax.of(logits);
        // Of two that are as likely it may be either.
        int told = here.labels().indexOf(answer[0]);
        assertThat((double) logits[told])
            .as(texts.get(i))
            .isCloseTo(logits[label], within(TOLERANCE));
        assertThat(Double.parseDouble(answer[1]))
            .as(texts.get(i))
            .isCloseTo(Softmax.of(logits)[told], within(TOLERANCE));
      }
    }
  }

  /** What the device prints for each text, once it has installed its first version. */
  private static List<String> answers(List<String> texts) throws Exception {
    List<String> command =
        Arm64Jvm.command(
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Distillstream.class.getName(),
            "device",
            "--gateway",
            requireNonNull(pipeline.addresses().get("gateway")),
            "--root",
            pipeline.trustedRoot().orElseThrow().toString(),
            "--folder",
            device().toString(),
            "--wait=240",
            "--tolerance=" + TOLERANCE,
            "--set=data.folder=" + folder.resolve("device-data"));
    Path input = Files.write(folder.resolve("texts"), texts);
    Path output = folder.resolve("answers");
    Path told = folder.resolve("told");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(told.toFile())
            .start();
    boolean ended = process.waitFor(6, TimeUnit.MINUTES);
    process.destroyForcibly();
    String lines = Files.readString(told, UTF_8);
    assertThat(ended).as(lines).isTrue();
    assertThat(process.exitValue()).as(lines).isZero();
    assertThat(lines.lines()).anyMatch(line -> line.matches("version \\d+ installed"));
    try (Stream<String> printed = Files.lines(output, UTF_8)) {
      return printed.filter(line -> line.matches("[^\\t]+\\t\\d\\.\\d{4}\\tv\\d+")).toList();
    }
  }

  private static Path device() {
    return folder.resolve("device");
  }

  /**
   * @param version as in {@code v3}
   */
  private static Path installed(String version) throws Exception {
    String start = "model-" + version.substring(1) + "-";
    try (Stream<Path> files = Files.list(device())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(start))
          .findFirst()
          .orElseThrow();
    }
  }
}
