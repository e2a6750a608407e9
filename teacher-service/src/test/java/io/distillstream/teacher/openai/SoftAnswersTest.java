package io.distillstream.teacher.openai;

import static io.distillstream.teacher.openai.ChatAnswer.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.TopKLogits;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.openai.AnswerSettings.Source;
import io.distillstream.teacher.openai.AnswerSettings.Untold;
import io.distillstream.teacher.openai.call.Completion;
import io.distillstream.teacher.openai.call.TokenUsage;
import io.distillstream.teacher.publish.Publication;
import io.distillstream.wire.payload.TopKCodec;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SoftAnswersTest {

  /** binary16 of logits of about -5. */
  private static final Offset<Double> HALF = within(2e-3);

  private final Verbalizer labels = Verbalizer.parse(List.of("one", "two", "three", "four"));

  @Test
  void shouldMakeTheTailOfLabelsThatAreNoAlternatives() {
    TeacherAnswer answer =
        answers(0.01, Untold.TAIL)
            .ofTokens(said(token("two", 0.5, "x", 0.3, "one", 0.1, "y", 0.06)));

    assertThat(answer.told()).isEqualTo(2);
    TopKLogits label = (TopKLogits) Publication.DENSE.distribution(answer, 1);
    TopKCodec.Decoded read = TopKCodec.decode(label, 1);
    assertThat(read.indices()).containsExactly(1, 0);
    assertThat(Math.exp(read.logits()[0])).isCloseTo(0.5, HALF);
    assertThat(Math.exp(read.logits()[1])).isCloseTo(0.1, HALF);
    // What is left to all other tokens, 0.04, is less than 0.06 for each of the two labels.
    assertThat(Math.exp(read.tailLogMass()[0])).isCloseTo(0.04, HALF);
  }

  @Test
  void shouldGiveAnUntoldLabelNoMoreThanTheLeastAlternative() {
    TeacherAnswer answer =
        answers(0.01, Untold.TAIL).ofTokens(said(token("two", 0.5, "x", 0.01, "one", 0.1)));

    TopKCodec.Decoded read =
        TopKCodec.decode((TopKLogits) Publication.DENSE.distribution(answer, 1), 1);
    assertThat(Math.exp(read.tailLogMass()[0])).isCloseTo(0.02, HALF);
  }

  @Test
  void shouldPublishEveryLogitWhereEveryLabelIsToldOrSharesTheTail() {
    Map<String, Double> all = token("two", 0.5, "one", 0.3, "three", 0.1, "four", 0.05);
    TeacherAnswer told = answers(0.01, Untold.TAIL).ofTokens(said(all));
    TeacherAnswer shared =
        answers(0.01, Untold.SHARED).ofTokens(said(token("two", 0.5, "one", 0.3)));

    assertThat(Publication.DENSE.distribution(told, 1)).isInstanceOf(DenseLogits.class);
    assertThat(Publication.DENSE.distribution(shared, 1)).isInstanceOf(DenseLogits.class);
    assertThat(Math.exp(shared.logits()[2])).isCloseTo(0.1, HALF);
    assertThat(shared.logits()[3]).isEqualTo(shared.logits()[2]);
  }

  @Test
  void shouldRefuseATextToWhichTheModelSaysSomethingElse() {
    TeacherAnswer answer =
        answers(0.2, Untold.TAIL).ofTokens(said(token("The", 0.8, "one", 0.1, "two", 0.05)));

    assertThat(answer.refusal())
        .isEqualTo(
            "the model gives all labels together a probability of 0.15 only, at least 0.20 is"
                + " needed");
    assertThat(answers(0, Untold.TAIL).ofTokens(said(token("The", 1.0))).refusal()).isNotNull();
  }

  @Test
  void shouldMakeAHardLabelOfOneAnswer() {
    TeacherAnswer answer = answers(0, Untold.TAIL).ofTexts(List.of("It is two."));

    assertThat(answer.told()).isEqualTo(1);
    assertThat(Math.exp(answer.logits()[1])).isCloseTo(0.7, HALF);
    assertThat(Math.exp(answer.logits()[0])).isCloseTo(0.1, HALF);
    assertThat(answers(0, Untold.TAIL).ofTexts(List.of("Either one or two")).refusal())
        .isEqualTo("the model's answer names no label, or several");
  }

  @Test
  void shouldMakeSharesOfSeveralAnswersAndLeaveOutThoseWithoutALabel() {
    TeacherAnswer answer =
        answers(0, Untold.TAIL)
            .ofTexts(List.of("two", "<think>one?</think>\n\nTwo", "one", "no idea"));

    // (2 + 0.5) / (3 + 4 · 0.5), and so on.
    assertThat(answer.told()).isEqualTo(2);
    assertThat(Math.exp(answer.logits()[1])).isCloseTo(0.5, HALF);
    assertThat(Math.exp(answer.logits()[0])).isCloseTo(0.3, HALF);
    assertThat(Math.exp(answer.logits()[3])).isCloseTo(0.1, HALF);
  }

  private SoftAnswers answers(double leastShare, Untold untold) {
    return new SoftAnswers(
        labels, new AnswerSettings(Source.TEXT, 20, 4, 1, 0.7, leastShare, untold));
  }

  @SafeVarargs
  private static Completion said(Map<String, Double>... tokens) {
    return new Completion("", ChatAnswer.read(tokens), true, false, new TokenUsage(1, 1));
  }
}
