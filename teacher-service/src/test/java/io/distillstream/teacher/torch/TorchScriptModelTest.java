package io.distillstream.teacher.torch;

import static io.distillstream.teacher.torch.GoldenModels.TWO;
import static io.distillstream.teacher.torch.GoldenModels.file;
import static io.distillstream.teacher.torch.GoldenModels.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import io.distillstream.teacher.classifier.TokenInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real TorchScript, held to what PyTorch in Python says of it. */
class TorchScriptModelTest {

  private static final float TOLERANCE = 1e-5f;
  private static final int THREADS = 4;

  private static final List<TokenInput> THREE =
      List.of(TokenInput.INPUT_IDS, TokenInput.TOKEN_TYPE_IDS, TokenInput.ATTENTION_MASK);

  @TempDir static Path folder;

  @Test
  void shouldGiveTheLogitsOfATracedModel() {
    try (Teacher traced = open(settings(file("bag.pt"), TWO, ""))) {
      assertThat(traced.labels().labels()).containsExactly("animal", "plant", "other");
      assertThat(GoldenModels.texts()).extracting(traced::size).isEqualTo(GoldenModels.tokens());
      assertGolden("bag", SortedBatches.logits(traced, GoldenModels.texts(), 8));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0"})
  void shouldReadTheFirstOfATuple(String output) {
    try (Teacher scripted = open(settings(file("attention.pt"), THREE, output))) {
      assertGolden("attention", SortedBatches.logits(scripted, GoldenModels.texts(), 8));
    }
  }

  /** Its dropout was on when it was saved. */
  @ParameterizedTest
  @CsvSource({"'', 1e-5", "logits, 1e-5", "columns, 1e-5", "half, 2e-3"})
  void shouldReadANamedTensorOfADictionary(String output, float tolerance) {
    try (Teacher scripted = open(settings(file("outputs.pt"), TWO, output))) {
      assertGolden("outputs", SortedBatches.logits(scripted, GoldenModels.texts(), 8), tolerance);
    }
  }

  @Test
  void shouldTakeTheLogsOfProbabilities() {
    try (Teacher scripted =
        open(
            settings(
                file("outputs.pt"),
                TWO,
                "probabilities",
                Scores.PROBABILITIES,
                file("labels.txt")))) {
      float[][] logs = SortedBatches.logits(scripted, GoldenModels.texts(), 8);
      float[][] golden = GoldenModels.logits("outputs");
      for (int text = 0; text < logs.length; text++) {
        float shift = golden[text][0] - logs[text][0];
        for (int c = 1; c < logs[text].length; c++) {
          assertThat(logs[text][c] + shift).isCloseTo(golden[text][c], within(TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void shouldSayTheSameInBatchesOfAnySize(int batchSize) {
    try (Teacher traced = open(settings(file("bag.pt"), TWO, ""))) {
      List<String> texts = new ArrayList<>(GoldenModels.texts());
      texts.add("a small dog, " + "a big cat, ".repeat(40));
      float[][] together = SortedBatches.logits(traced, texts, texts.size());
      float[][] apart = SortedBatches.logits(traced, texts, batchSize);
      for (int text = 0; text < together.length; text++) {
        assertThat(apart[text]).containsExactly(together[text], within(TOLERANCE));
      }
    }
  }

  @Test
  void shouldNameAVersionByFileInputsAndOutput() throws IOException {
    ModelLocation copy = copy("bag.pt");
    assertThat(version(settings(copy, TWO, "")))
        .hasSize(12)
        .isEqualTo(version(settings(file("bag.pt"), TWO, "")))
        .isNotEqualTo(version(settings(file("outputs.pt"), TWO, "")));
    assertThat(version(settings(file("outputs.pt"), TWO, "columns")))
        .isNotEqualTo(version(settings(file("outputs.pt"), TWO, "")));
  }

  /** Closing a module under a pass would end the process. */
  @SuppressWarnings("try") // Closed under those that ask.
  @Test
  void shouldEndThePassesThatRunBeforeItIsClosed() throws Exception {
    List<String> texts = List.of("a big tree", "a small dog");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CountDownLatch running = new CountDownLatch(THREADS);
    try (Teacher traced = open(settings(file("bag.pt"), TWO, ""))) {
      float[] expected = SortedBatches.logits(traced, texts, 2)[0];
      Callable<Integer> asking =
          () -> {
            for (int answered = 0; ; answered++) {
              try {
                assertThat(traced.answers(texts).get(0).logits()).containsExactly(expected);
              } catch (TeacherException e) {
                assertThat(e).hasMessageEndingWith("is closed");
                return answered;
              }
              if (answered == 0) {
                running.countDown();
              }
            }
          };
      List<Future<Integer>> asked = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        asked.add(threads.submit(asking));
      }
      assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
      traced.close();
      for (Future<Integer> one : asked) {
        assertThat(one.get()).isPositive();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertGolden(String model, float[][] logits) {
    assertGolden(model, logits, TOLERANCE);
  }

  private static void assertGolden(String model, float[][] logits, float tolerance) {
    float[][] golden = GoldenModels.logits(model);
    assertThat(logits).hasDimensions(golden.length, golden[0].length);
    for (int text = 0; text < golden.length; text++) {
      assertThat(logits[text]).containsExactly(golden[text], within(tolerance));
    }
  }

  private static String version(TorchScriptSettings settings) {
    try (Teacher teacher = open(settings)) {
      return teacher.version();
    }
  }

  private static ModelLocation copy(String name) throws IOException {
    Path copy = folder.resolve(name);
    try (InputStream in = file(name).open()) {
      Files.copy(in, copy);
    }
    return new ModelLocation(copy.toString());
  }

  @MustBeClosed
  private static Teacher open(TorchScriptSettings settings) {
    return TorchScriptModel.open("torch", settings);
  }
}
