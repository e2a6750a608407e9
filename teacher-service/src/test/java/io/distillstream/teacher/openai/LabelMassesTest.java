package io.distillstream.teacher.openai;

import static io.distillstream.teacher.openai.ChatAnswer.read;
import static io.distillstream.teacher.openai.ChatAnswer.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LabelMassesTest {

  private static final Offset<Double> CLOSE = within(1e-6);

  private final Verbalizer news =
      Verbalizer.parse(List.of("sport", "economy=economy|money", "art"));

  @Test
  void shouldSumTheFormsOfAWordAndItsBeginnings() {
    LabelMasses masses =
        of(
            news,
            token(
                "sport", 0.4, " Sport", 0.1, "SP", 0.05, "Econ", 0.2, "money", 0.1, "The", 0.1,
                "sports", 0.01));

    assertThat(masses.labels()).containsExactly(new double[] {0.55, 0.3, 0}, CLOSE);
    assertThat(masses.others()).isCloseTo(0.11, CLOSE);
    assertThat(masses.untold()).isCloseTo(0.04, CLOSE);
    assertThat(masses.least()).isCloseTo(0.01, CLOSE);
    assertThat(masses.sum()).isCloseTo(0.85, CLOSE);
  }

  @Test
  void shouldReadOnWhereAnAnswerBeginsWithNothing() {
    LabelMasses masses =
        of(news, token("\n", 0.9, "art", 0.05), token("economy", 0.5, "sport", 0.25, "x", 0.25));

    assertThat(masses.labels()).containsExactly(new double[] {0.225, 0.45, 0.05}, CLOSE);
    assertThat(masses.others()).isCloseTo(0.225, CLOSE);
    assertThat(masses.untold()).isCloseTo(0.05, CLOSE);
  }

  @Test
  void shouldReadOnUntilWordsWithOneBeginningDiffer() {
    Verbalizer alike = Verbalizer.parse(List.of("noun.act=action", "noun.actor=actor", "other"));

    LabelMasses masses =
        of(alike, token("act", 0.8, "other", 0.1, "Act", 0.1), token("or", 0.75, "ion", 0.25));

    // The alternative that was not taken is shared as the one that was.
    assertThat(masses.labels()).containsExactly(new double[] {0.225, 0.675, 0.1}, CLOSE);
  }

  @Test
  void shouldTellAWordFromALongerOneByWhatFollows() {
    Verbalizer places = Verbalizer.parse(List.of("new", "city=new york"));

    LabelMasses ended = of(places, token("new", 1.0), token("", 0.5, " york", 0.25, "ton", 0.25));
    assertThat(ended.labels()).containsExactly(new double[] {0.5, 0.25}, CLOSE);
    assertThat(ended.others()).isCloseTo(0.25, CLOSE);

    LabelMasses marked = of(places, token("new", 1.0), token("<|im_end|>", 0.75, " york", 0.25));
    assertThat(marked.labels()).containsExactly(new double[] {0.75, 0.25}, CLOSE);
  }

  @Test
  void shouldGiveAWholeWordToItsLabelWhereNothingFollows() {
    Verbalizer numbers = Verbalizer.parse(List.of("1", "2", "10"));

    LabelMasses notTaken = of(numbers, token("2", 0.6, "1", 0.39, "10", 0.005));
    assertThat(notTaken.labels()).containsExactly(new double[] {0.39, 0.6, 0.005}, CLOSE);

    LabelMasses taken = of(numbers, token("1", 0.99, "10", 0.001));
    assertThat(taken.labels()).containsExactly(new double[] {0.99, 0, 0.001}, CLOSE);
  }

  @Test
  void shouldBoundWhatIsUntoldByEveryToken() {
    Verbalizer alike = Verbalizer.parse(List.of("cat", "car", "dog"));

    LabelMasses masses =
        of(alike, token("ca", 0.6, "x", 0.3, "y", 0.05), token("t", 0.9, "r", 0.0999, "z", 1e-7));

    assertThat(masses.least()).isCloseTo(0.05, CLOSE);
  }

  @Test
  void shouldShareEvenlyWhatNothingElseTells() {
    Verbalizer alike = Verbalizer.parse(List.of("cat", "car", "dog"));

    LabelMasses masses = of(alike, token("ca", 0.6, "dog", 0.4));

    assertThat(masses.labels()).containsExactly(new double[] {0.3, 0.3, 0.4}, CLOSE);
  }

  @Test
  void shouldCountATokenThatIsNoneOfItsAlternatives() {
    Map<String, Double> sampled = token("art", 0.02, "sport", 0.9);
    LabelMasses masses = of(news, sampled);

    assertThat(masses.labels()).containsExactly(new double[] {0.9, 0, 0.02}, CLOSE);
  }

  @Test
  void shouldNotBreakAtTokensThatEndWithinACharacter() {
    Verbalizer letters = Verbalizer.parse(List.of("é", "ö"));

    LabelMasses masses = LabelMasses.of(HalfCharacters.read(), letters);

    // Both begin with the byte 0xc3, which the model took; 0xa9 makes it an é.
    assertThat(masses.labels()).containsExactly(new double[] {0.7, 0.3}, CLOSE);
  }

  @SafeVarargs
  private static LabelMasses of(Verbalizer verbalizer, Map<String, Double>... tokens) {
    return LabelMasses.of(read(tokens), verbalizer);
  }
}
