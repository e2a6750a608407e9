package io.distillstream.teacher.queue;

import static io.distillstream.teacher.queue.Fixtures.http;
import static io.distillstream.teacher.queue.Fixtures.log;
import static io.distillstream.teacher.queue.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.queue.TrafficMetrics.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class InferenceTest {

  private final LengthTeacher teacher = new LengthTeacher();
  private final Pace pace = new Pace();
  private final Inference inference = new Inference(teacher, 2, pace);

  @Test
  void shouldBatchTextsOfSimilarLength() {
    HttpText one = http("1", "a b c d");
    HttpText two = http("2", "a");
    HttpText three = http("3", "a b c");
    LogText four = log(0, 4, "a b");
    Window window =
        new Window(1, 1, List.of(one, two, three), List.of(refused(0, 3), four), Map.of());

    LabelledWindow labelled = inference.run(window);

    assertThat(teacher.batches).containsExactly(List.of(1, 2), List.of(3, 4));
    assertThat(logits(labelled, one)).containsExactly(2f, -2f);
    assertThat(logits(labelled, two)).containsExactly(-2f, 2f);
    assertThat(logits(labelled, four)).containsExactly(2f, -2f);
    assertThat(pace.batchSeconds()).isPositive();
  }

  @Test
  void shouldTellWhoseTextsTheModelAnswered() {
    CountedTraffic traffic = new CountedTraffic();
    List<Double> seconds = new ArrayList<>();
    Inference told =
        new Inference(
            teacher,
            32,
            pace,
            (source, texts, worked) -> {
              traffic.ran(source, texts, worked);
              seconds.add(worked);
            });

    told.run(
        new Window(
            1,
            1,
            List.of(http("1", "a b c"), http("2", "a b c")),
            List.of(log(0, 4, "a b c")),
            Map.of()));

    assertThat(traffic.ran).isEqualTo(Map.of(Source.HTTP, 2, Source.LOG, 1));
    assertThat(seconds.get(0)).isCloseTo(2 * seconds.get(1), withinPercentage(0.01));
  }

  @Test
  void shouldStartABatchRatherThanPadThreeTextsByThreeTokensEach() {
    Inference wide = new Inference(teacher, 32, pace);
    List<HttpText> texts =
        List.of(
            http("1", "a b c d e"),
            http("2", "a b"),
            http("3", "a b"),
            http("4", "a b"),
            http("5", "a b c d e f"));

    wide.run(new Window(1, 1, texts, List.of(), Map.of()));

    assertThat(teacher.batches).containsExactly(List.of(2, 2, 2), List.of(5, 6));
  }

  @Test
  void shouldKeepTheTextsBesideOneThatBreaksItsBatch() {
    HttpText good = http("1", "a b");
    HttpText bad = http("2", "fail b");

    LabelledWindow labelled =
        inference.run(new Window(1, 1, List.of(good, bad), List.of(), Map.of()));

    assertThat(labelled.answer(good).failure()).isNull();
    assertThat(labelled.answer(bad).failure()).contains("starts with fail");
  }

  @Test
  void shouldTakeARefusalForTheTextAlone() {
    HttpText good = http("1", "a b");
    HttpText refused = http("2", "refuse b");

    LabelledWindow labelled =
        inference.run(new Window(1, 1, List.of(good, refused), List.of(), Map.of()));

    assertThat(labelled.answer(good).said()).isNotNull();
    assertThat(labelled.answer(refused).failure()).isEqualTo("it starts with refuse");
    assertThat(teacher.batches).hasSize(1);
  }

  @Test
  void shouldKeepWhatWasAnsweredBeforeAnOutage() {
    HttpText answered = http("1", "a");
    HttpText left = http("2", "away b c d e f g h i j k l");
    LogText behind = log(0, 4, "a b c d e f g h i j k l m n o");

    LabelledWindow labelled =
        inference.run(new Window(1, 1, List.of(answered, left), List.of(behind), Map.of()));

    assertThat(labelled.outage()).isEqualTo(LengthTeacher.AWAY);
    assertThat(labelled.answer(answered).said()).isNotNull();
    assertThat(labelled.answer(behind).said()).isNull();
    labelled.answerRecorded();
    assertThatThrownBy(() -> left.answer().join())
        .cause()
        .isInstanceOfSatisfying(
            NotLabelledException.class,
            e -> assertThat(e.retryAfter()).contains(LengthTeacher.AWAY.retryAfter()))
        .hasMessageContaining("a text starts with away");
  }

  @Test
  void shouldFailOnLogitsThatAreNotFinite() {
    HttpText text = http("1", "nan");

    LabelledWindow labelled = inference.run(new Window(1, 1, List.of(text), List.of(), Map.of()));

    assertThat(labelled.answer(text).failure()).contains("NaN");
  }

  @Test
  void shouldGiveUpWhenTheModelFailsOnEveryText() {
    Window window =
        new Window(1, 1, List.of(http("1", "fail"), http("2", "fail")), List.of(), Map.of());

    assertThatThrownBy(() -> inference.run(window)).isInstanceOf(TeacherException.class);
  }

  private static float[] logits(LabelledWindow labelled, PendingText text) {
    return Objects.requireNonNull(labelled.answer(text).said()).logits();
  }
}
