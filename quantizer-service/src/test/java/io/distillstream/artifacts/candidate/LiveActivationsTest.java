package io.distillstream.artifacts.candidate;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.distillstream.artifacts.candidate.LiveActivations.TimedSample;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.calibrate.CalibrationMethod;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.calibrate.distribution.Range;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.search.Progress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** On a model that answers the value it is given, so that a test says what an activation is. */
class LiveActivationsTest {
  private static final int MOST = 64;
  private static final CalibrationSettings SETTINGS =
      CalibrationSettings.of(CalibrationMethod.MIN_MAX).withHalfLifeSamples(8);
  private static final OnnxModel MODEL = doubling("y");

  @TempDir Path folder;
  private Path file;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    file = folder.resolve("activations");
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  @Test
  void shouldWidenWithTheTrafficAndForgetWhatIsGone() {
    LiveActivations live = new LiveActivations(file, SETTINGS);

    assertThat(range(add(live, texts(0, 20, 1)))).isEqualTo(new Range(0, 2));
    assertThat(range(add(live, texts(20, 40, 50)))).isEqualTo(new Range(0, 100));

    // A hundred half-lives later a value that is not seen again counts nothing.
    CalibrationState calm = add(live, texts(40, 840, 1), 800);
    assertThat(calm.samples()).isEqualTo(840);
    assertThat(range(calm).max()).isLessThan(3f);
  }

  @Test
  void shouldLookAtEachTextOnce() {
    LiveActivations live = new LiveActivations(file, SETTINGS);
    add(live, texts(0, 10, 1));

    CalibrationState again = add(live, texts(5, 12, 1));

    assertThat(again.samples()).isEqualTo(12);
    assertThat(add(live, texts(0, 12, 1)).samples()).isEqualTo(12);
  }

  @Test
  void shouldLookAtTheNewestWhereThereAreTooMany() {
    LiveActivations live = new LiveActivations(file, SETTINGS);
    List<TimedSample> texts = new ArrayList<>(texts(10, 14, 1));
    texts.addAll(texts(0, 10, 50));

    CalibrationState state = add(live, texts, 4);

    assertThat(state.samples()).isEqualTo(4);
    assertThat(range(state)).isEqualTo(new Range(0, 2));
  }

  @Test
  void shouldGoOnAfterARestart() {
    add(new LiveActivations(file, SETTINGS), texts(0, 10, 50));

    CalibrationState state = add(new LiveActivations(file, SETTINGS), texts(10, 12, 1));

    assertThat(state.samples()).isEqualTo(12);
    assertThat(range(state)).isEqualTo(new Range(0, 100));
  }

  @Test
  void shouldStartAnewForAStudentWithOtherLayers() {
    LiveActivations live = new LiveActivations(file, SETTINGS);
    add(live, texts(0, 10, 50));

    // The same texts again: there are no newer ones yet.
    CalibrationState state =
        live.adding(texts(0, 10, 1), MOST)
            .watch(doubling("z"), Set.of("z"), Progress.NONE)
            .orElseThrow();

    assertThat(state.tensors()).containsExactly("z");
    assertThat(state.samples()).isEqualTo(10);
    assertThat(state.ranges(SETTINGS).byTensor()).containsEntry("z", new Range(0, 2));
  }

  @Test
  void shouldReportADamagedFileAndReplaceIt() throws Exception {
    add(new LiveActivations(file, SETTINGS), texts(0, 10, 50));
    byte[] whole = Files.readAllBytes(file);
    for (byte[] damaged :
        List.of(
            new byte[0],
            "no calibration".getBytes(StandardCharsets.UTF_8),
            firstHalf(whole),
            changed(whole))) {
      Files.write(file, damaged);

      log.list.clear();
      CalibrationState state = add(new LiveActivations(file, SETTINGS), texts(0, 5, 1));

      assertThat(log.list)
          .singleElement()
          .extracting(ILoggingEvent::getFormattedMessage, as(STRING))
          .contains(file.toString(), "starts anew");
      assertThat(state.samples()).isEqualTo(5);
      assertThat(range(state)).isEqualTo(new Range(0, 2));
      assertThat(add(new LiveActivations(file, SETTINGS), texts(5, 6, 1)).samples()).isEqualTo(6);
    }
  }

  @Test
  void shouldKnowNothingWithoutTexts() {
    assertThat(
            new LiveActivations(file, SETTINGS)
                .adding(List.of(), MOST)
                .watch(MODEL, Set.of("y"), Progress.NONE))
        .isEmpty();
    assertThat(file).doesNotExist();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(LiveActivations.class);
  }

  private static byte[] firstHalf(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  /** Claims another version. */
  private static byte[] changed(byte[] file) {
    byte[] changed = file.clone();
    changed[7] ^= 0x10;
    return changed;
  }

  private static CalibrationState add(LiveActivations live, List<TimedSample> texts) {
    return add(live, texts, MOST);
  }

  private static CalibrationState add(LiveActivations live, List<TimedSample> texts, int most) {
    return live.adding(texts, most).watch(MODEL, Set.of("y"), Progress.NONE).orElseThrow();
  }

  private static Range range(CalibrationState state) {
    return Objects.requireNonNull(state.ranges(SETTINGS).byTensor().get("y"));
  }

  /** Of these timestamps, newest first; each has the value itself and 0. */
  private static List<TimedSample> texts(int from, int to, float value) {
    return IntStream.range(from, to)
        .map(i -> from + to - 1 - i)
        .mapToObj(at -> new TimedSample(at, new Sample(Map.of("x", pair(value)))))
        .toList();
  }

  private static TensorValue pair(float value) {
    return TensorValue.of(new float[] {0, value}, 1, 2);
  }

  /** y = x + x. */
  private static OnnxModel doubling(String output) {
    GraphBuilder graph =
        GraphBuilder.named("doubling")
            .input("x", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2))
            .output(output, ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2));
    graph.node("Add", List.of("x", "x"), output);
    return graph.build(Map.of());
  }
}
