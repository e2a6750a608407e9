package io.distillstream.local.synthesize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.evaluate.answer.Answerer;
import io.distillstream.local.evaluate.answer.Role;
import io.distillstream.local.feed.FeedException;
import io.distillstream.local.synthesize.Synthesis.End;
import io.distillstream.local.synthesize.Synthesis.Round;
import io.distillstream.local.synthesize.text.Answered;
import io.distillstream.local.synthesize.text.Candidate;
import io.distillstream.local.synthesize.text.TextSource;
import io.distillstream.model.LabelSpace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SynthesisTest {

  private static final LabelSpace LABELS = new LabelSpace(List.of("even", "odd"));
  private static final LoggedRun FRESH = new LoggedRun(Set.of(), List.of(), 0);

  private final List<Candidate> sent = new ArrayList<>();
  private final List<Round> rounds = new ArrayList<>();
  private final Numbers source = new Numbers();
  private final Knowing teacher = new Knowing();
  private final Growing student = new Growing();

  /** Texts that are numbers. */
  private static final class Numbers implements TextSource {
    int next;
    int end = Integer.MAX_VALUE;
    final Set<String> before = new HashSet<>();
    final List<String> answered = new ArrayList<>();

    @Override
    public List<String> next(int count) {
      List<String> texts = new ArrayList<>();
      for (; texts.size() < count && next < end; next++) {
        if (!before.contains(Integer.toString(next))) {
          texts.add(Integer.toString(next));
        }
      }
      return texts;
    }

    @Override
    public void passOver(Collection<String> texts) {
      before.addAll(texts);
    }

    @Override
    public Optional<Answered> answered(String text, Answer answer) {
      answered.add(text);
      return TextSource.super.answered(text, answer);
    }
  }

  /** Knows odd from even. */
  private static final class Knowing implements Answerer {
    final List<List<String>> asked = new ArrayList<>();
    Predicate<String> refuses = text -> false;
    boolean away;

    @Override
    public Role role() {
      return Role.TEACHER;
    }

    @Override
    public String description() {
      return "knows odd from even";
    }

    @Override
    public LabelSpace labels() {
      return LABELS;
    }

    @Override
    public List<Answer> answer(List<String> texts) {
      if (away || texts.stream().anyMatch(refuses)) {
        throw FeedException.unansweredCall("cannot answer");
      }
      asked.add(texts);
      return texts.stream()
          .map(
              text ->
                  Integer.parseInt(text) % 2 == 0
                      ? Answer.ofProbabilities(0.9, 0.1)
                      : Answer.ofProbabilities(0.1, 0.9))
          .toList();
    }

    @Override
    public void close() {}
  }

  /** Takes every number for an even one, once it is there. */
  private static final class Growing implements StudentView {
    long version;
    long live;
    int refreshes;

    @Override
    public void refresh() {
      refreshes++;
    }

    @Override
    public long version() {
      return version;
    }

    @Override
    public long liveTrained() {
      return live;
    }

    @Override
    public Optional<List<Answer>> answers(List<String> texts, LabelSpace order) {
      assertThat(order).isEqualTo(LABELS);
      return version == 0
          ? Optional.empty()
          : Optional.of(texts.stream().map(text -> Answer.ofProbabilities(0.9, 0.1)).toList());
    }
  }

  private Synthesis synthesis(SynthesisPlan plan, @Nullable AskedTeacher asked, LoggedRun before) {
    return new Synthesis(
        plan,
        source,
        asked,
        student,
        (texts, version) -> {
          assertThat(version).isIn(0L, student.version);
          sent.addAll(texts);
          return texts.size();
        },
        rounds::add,
        before);
  }

  private End run(long count, boolean besideTraffic) throws Exception {
    SynthesisPlan plan = new SynthesisPlan("run", count, 50, 4, 1, besideTraffic);
    return synthesis(plan, new AskedTeacher(teacher), FRESH).run(() -> true);
  }

  private List<String> texts() {
    return sent.stream().map(Candidate::text).toList();
  }

  @Test
  void shouldSendEveryTextBeforeThereIsAStudent() throws Exception {
    assertThat(run(120, false)).isEqualTo(End.SENT);

    assertThat(sent).hasSize(120);
    assertThat(sent).extracting(Candidate::number).doesNotHaveDuplicates().isSorted();
    assertThat(source.answered).containsExactlyElementsOf(texts());
    assertThat(rounds)
        .containsExactly(new Round(50, 50, 0), new Round(100, 100, 0), new Round(120, 120, 0));
    assertThat(student.refreshes).isEqualTo(3);
  }

  @Test
  void shouldSendThoseOnWhichTheStudentDisagreesOnceThereIsOne() throws Exception {
    student.version = 3;

    assertThat(run(100, false)).isEqualTo(End.SENT);

    assertThat(texts()).hasSize(100).allMatch(text -> Integer.parseInt(text) % 2 == 1);
    assertThat(rounds).containsExactly(new Round(50, 200, 3), new Round(100, 400, 3));
  }

  @Test
  void shouldSendEveryTextWhereAsManyAreAskedAboutAsAreSent() throws Exception {
    student.version = 3;
    SynthesisPlan plan = new SynthesisPlan("run", 60, 50, 1, 1, false);

    assertThat(synthesis(plan, new AskedTeacher(teacher), FRESH).run(() -> true))
        .isEqualTo(End.SENT);

    assertThat(sent).hasSize(60);
    assertThat(rounds).containsExactly(new Round(50, 50, 0), new Round(60, 60, 0));
  }

  @Test
  void shouldEndOnceTheStudentLearnsFromTraffic() throws Exception {
    student.version = 3;
    student.live = 1;

    assertThat(run(100, false)).isEqualTo(End.TRAFFIC);
    assertThat(sent).isEmpty();
    assertThat(run(100, true)).isEqualTo(End.SENT);
  }

  @Test
  void shouldStopWhenAskedTo() throws Exception {
    SynthesisPlan plan = new SynthesisPlan("run", 100, 50, 4, 1, false);
    BooleanSupplier once = () -> rounds.isEmpty();

    End end = synthesis(plan, new AskedTeacher(teacher), FRESH).run(once);

    assertThat(end).isEqualTo(End.STOPPED);
    assertThat(sent).hasSize(50);
  }

  @Test
  void shouldEndWhereThereAreNoFurtherTexts() throws Exception {
    source.end = 70;

    assertThat(run(100, false)).isEqualTo(End.NO_MORE_TEXTS);
    assertThat(sent).hasSize(70);
  }

  @Test
  void shouldGoOnBehindWhatWasSentBefore() throws Exception {
    LoggedRun before = new LoggedRun(Set.of("run-0", "run-5"), List.of("0", "5"), 6);
    SynthesisPlan plan = new SynthesisPlan("run", 5, 50, 4, 1, false);
    Synthesis synthesis = synthesis(plan, new AskedTeacher(teacher), before);

    assertThat(synthesis.run(() -> true)).isEqualTo(End.SENT);

    assertThat(synthesis.sent()).isEqualTo(5);
    assertThat(sent).extracting(Candidate::number).containsExactly(6L, 7L, 8L);
    assertThat(texts()).hasSize(3).doesNotContain("0", "5");
  }

  @Test
  void shouldAskNobodyWhereThereIsNobodyToAsk() throws Exception {
    student.version = 3;
    SynthesisPlan plan = new SynthesisPlan("run", 60, 50, 4, 1, false);

    assertThat(synthesis(plan, null, FRESH).run(() -> true)).isEqualTo(End.SENT);

    assertThat(sent).hasSize(60).allMatch(candidate -> candidate.teacher().isEmpty());
  }

  @Test
  void shouldLeaveOutTextsThatTheTeacherHasNoAnswerTo() throws Exception {
    teacher.refuses = text -> text.equals("7") || text.equals("40");
    AskedTeacher asked = new AskedTeacher(teacher);
    SynthesisPlan plan = new SynthesisPlan("run", 50, 50, 4, 1, false);

    assertThat(synthesis(plan, asked, FRESH).run(() -> true)).isEqualTo(End.SENT);

    assertThat(texts()).hasSize(50).doesNotContain("7", "40");
    assertThat(asked.refused()).isEqualTo(2);
  }

  @Test
  void shouldFailWhereTheTeacherAnswersNothing() {
    teacher.away = true;

    assertThatThrownBy(() -> run(50, false))
        .isInstanceOf(FeedException.class)
        .hasMessage("cannot answer");
    assertThat(sent).isEmpty();
  }
}
