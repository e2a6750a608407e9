package io.distillstream.local.synthesize.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VocabularyTextsTest {

  private static final int LABELS = 4;

  /** Words whose number tells their label; those of the last label are rare. */
  private static final List<String> WORDS =
      IntStream.range(0, 400).mapToObj(i -> "word" + (char) ('a' + i % 26) + i).toList();

  private static final TextLength LENGTH = new TextLength(3, 8);

  /** A teacher that sums up what words say; seven words in eight are of the first. */
  private static Answer answer(String text) {
    float[] logits = new float[LABELS];
    for (String word : text.split(" ", -1)) {
      int number = Integer.parseInt(word.replaceAll("\\D", ""));
      logits[number % 8 == 0 ? 1 + number / 8 % (LABELS - 1) : 0] += 1.5f;
    }
    return Answer.ofLogits(logits);
  }

  private static List<String> make(VocabularyTexts source, int count) {
    List<String> ready = new ArrayList<>();
    while (ready.size() < count) {
      List<String> texts = source.next(32);
      assertThat(texts).hasSize(32);
      for (String text : texts) {
        source
            .answered(text, answer(text))
            .ifPresent(
                answered -> {
                  assertThat(answered.answer().label()).isEqualTo(answer(answered.text()).label());
                  ready.add(answered.text());
                });
      }
    }
    return ready.subList(0, count);
  }

  private static VocabularyTexts source(int steps, long seed) {
    return new VocabularyTexts(WORDS, 0.5, LENGTH, steps, seed);
  }

  @Test
  void shouldMakeTheSameTextsOfTheSameSeedAndAnswers() {
    for (int steps : new int[] {0, 5}) {
      assertThat(make(source(steps, 7), 320)).isEqualTo(make(source(steps, 7), 320));
      assertThat(make(source(steps, 7), 320)).isNotEqualTo(make(source(steps, 8), 320));
    }
  }

  @Test
  void shouldMakeNoTextTwiceAndKeepToTheLength() {
    for (int steps : new int[] {0, 5}) {
      assertThat(make(source(steps, 1), 1_600))
          .doesNotHaveDuplicates()
          .allSatisfy(
              text -> {
                List<String> words = Arrays.asList(text.split(" ", -1));
                assertThat(words).hasSizeBetween(3, 8);
                assertThat(WORDS).containsAll(words);
              });
    }
  }

  @Test
  void shouldClimbTowardsWhatTheTeacherIsSureOfAndReachLabelsMoreAlike() {
    List<String> drawn = make(source(0, 1), 400);
    List<String> climbed = make(source(60, 1), 400);

    assertThat(ofRarestLabel(climbed)).isGreaterThan(3 * ofRarestLabel(drawn));
    for (int label = 1; label < LABELS; label++) {
      assertThat(sure(climbed, label)).isGreaterThan(3 * Math.max(1, sure(drawn, label)));
    }
  }

  private static double ofRarestLabel(List<String> texts) {
    long[] counts = new long[LABELS];
    texts.forEach(text -> counts[answer(text).label()]++);
    return (double) Arrays.stream(counts).min().orElseThrow() / texts.size();
  }

  private static long sure(List<String> texts, int label) {
    return texts.stream().filter(text -> answer(text).probability(label) >= 0.9).count();
  }

  @Test
  void shouldEndWhereThereIsNoFurtherText() {
    VocabularyTexts source =
        new VocabularyTexts(WORDS.subList(0, 5), 0, new TextLength(1, 1), 0, 1);

    assertThat(source.next(3)).hasSize(3);
    assertThat(source.next(32)).hasSizeLessThanOrEqualTo(2);
    assertThat(source.next(32)).isEmpty();
  }

  @Test
  void shouldPassOverTextsThatWereSentBefore() {
    List<String> first = source(0, 3).next(50);
    VocabularyTexts again = source(0, 3);
    again.passOver(first);

    assertThat(again.next(50)).hasSize(50).doesNotContainAnyElementsOf(first);
  }

  @Test
  void shouldPreferWordsThatComeFirst() {
    List<String> texts = new VocabularyTexts(WORDS, 1, LENGTH, 0, 1).next(1_000);
    List<String> words = texts.stream().flatMap(text -> Arrays.stream(text.split(" "))).toList();

    long ofFirstHalf = words.stream().filter(word -> WORDS.indexOf(word) < 200).count();
    assertThat((double) ofFirstHalf / words.size()).isBetween(0.75, 0.95);
    assertThat(words).contains(WORDS.get(0)).doesNotContain("");
  }
}
