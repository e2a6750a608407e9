package io.distillstream.device.probation;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies is one that makes another {@link Probation} of the same folder. */
class ProbationTest {

  private static final int LIMIT = 3;
  private static final InstalledModel OLD = model(1);
  private static final InstalledModel NEW = model(2);

  @TempDir Path home;
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong nanoTime = new AtomicLong(-5);
  private ModelFolder folder;

  @BeforeEach
  void open() throws IOException {
    folder = ModelFolder.open(home);
  }

  @AfterEach
  void close() throws IOException {
    folder.close();
  }

  @Test
  void shouldObjectToAModelThatCrashedSoOftenInARow() {
    for (int i = 0; i < LIMIT; i++) {
      assertThat(process().objection(NEW)).as("after %d crashes", i).isEmpty();
      start(NEW);
    }

    assertThat(process().objection(NEW)).hasValueSatisfying(r -> assertThat(r).contains("3 times"));
    assertThat(process().objection(OLD)).isEmpty();
  }

  @Test
  void shouldCountAModelThatTakesTheProcessDownBeforeItAnswers() {
    for (int i = 0; i < LIMIT; i++) {
      process().begin(NEW);
    }

    assertThat(process().objection(NEW)).isPresent();
  }

  @Test
  void shouldForgetCrashesOnceTheModelHasLivedForAWhile() {
    crash(NEW, LIMIT - 1);
    Probation lives = start(NEW);
    nanoTime.addAndGet(Probation.TIME.toNanos() - 1);
    assertThat(lives.settle()).isFalse();
    nanoTime.incrementAndGet();
    assertThat(lives.settle()).isTrue();

    crash(NEW, LIMIT - 1);

    assertThat(process().objection(NEW)).isEmpty();
    assertThat(process().lasted(NEW)).isTrue();
  }

  @Test
  void shouldForgetCrashesOnceTheModelHasAnswered() {
    crash(NEW, LIMIT - 1);
    answers.set(7);
    Probation lives = start(NEW);
    answers.addAndGet(Probation.ANSWERS - 1);
    assertThat(lives.settle()).isFalse();
    answers.incrementAndGet();
    assertThat(lives.settle()).isTrue();

    crash(NEW, LIMIT - 1);

    assertThat(process().objection(NEW)).isEmpty();
  }

  @Test
  void shouldForgetCrashesOnceTheDeviceIsClosedInOrder() {
    crash(NEW, LIMIT - 1);
    start(NEW).close();
    crash(NEW, LIMIT - 1);

    assertThat(process().objection(NEW)).isEmpty();
  }

  @Test
  void shouldBlameWhatIsTriedAndNotWhatAnswersMeanwhile() {
    for (int i = 0; i < LIMIT; i++) {
      start(OLD).begin(NEW);
    }

    assertThat(process().objection(NEW)).isPresent();
    assertThat(process().objection(OLD)).isEmpty();
  }

  @Test
  void shouldGoOnWithWhatAnswersWhenTheOtherDoesNotTakeOver() {
    for (int i = 0; i < LIMIT; i++) {
      Probation running = start(OLD);
      running.begin(NEW);
      running.survived();
      assertThat(running.settle()).isFalse();
    }

    assertThat(process().objection(NEW)).isEmpty();
    assertThat(process().objection(OLD)).isPresent();
  }

  @Test
  void shouldNotHoldItsOwnTrialAgainstAModel() {
    crash(NEW, LIMIT - 1);
    Probation running = process();
    running.begin(NEW);

    assertThat(running.objection(NEW)).isEmpty();
  }

  /** Such as a lack of memory, which ends a thread and not the process. */
  @Test
  void shouldCountATrialThatAnErrorEnded() {
    for (int i = 0; i < LIMIT; i++) {
      Probation running = start(OLD);
      running.begin(NEW);
      running.close();
    }

    assertThat(process().objection(NEW)).isPresent();
    assertThat(process().lasted(NEW)).isFalse();
  }

  @Test
  void shouldLoadAModelThatRestedAtTheNextStart() {
    start(NEW).close();
    crash(NEW, LIMIT);
    Probation resting = process();
    resting.rest(NEW);

    assertThat(resting.objection(NEW)).isPresent();
    assertThat(process().objection(NEW)).isEmpty();
    assertThat(process().lasted(NEW)).isTrue();
  }

  @Test
  void shouldObjectToNothingWithoutALimit() {
    for (int i = 0; i < 100; i++) {
      new Probation(0, folder, answers::get, nanoTime::get).begin(NEW);
    }

    assertThat(process().objection(NEW)).isEmpty();
  }

  @Test
  void shouldRememberTheLatestAlone() throws IOException {
    for (int version = 1; version <= 100; version++) {
      process().begin(model(version));
    }

    assertThat(folder.conducts()).hasSizeLessThan(100).containsKey(model(100).sha256());
  }

  @Test
  void shouldCountNothingThatCannotBeNoted() throws IOException {
    Path inTheWay = Files.createDirectory(home.resolve("probation.json.part"));
    crash(NEW, LIMIT);
    assertThat(process().objection(NEW)).isEmpty();

    Files.delete(inTheWay);
    Files.writeString(home.resolve("probation.json"), "{");
    assertThat(process().objection(NEW)).isEmpty();
  }

  private Probation process() {
    return new Probation(LIMIT, folder, answers::get, nanoTime::get);
  }

  private Probation start(InstalledModel model) {
    Probation probation = process();
    probation.begin(model);
    probation.takenOver();
    return probation;
  }

  private void crash(InstalledModel model, int times) {
    for (int i = 0; i < times; i++) {
      start(model);
    }
  }

  private static InstalledModel model(int version) {
    return new InstalledModel("glosses", "stable", version, "%064x".formatted(version));
  }
}
