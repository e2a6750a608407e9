package io.distillstream.benchmarks.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.benchmarks.student.LabelledCorpus;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.augment.WordChoices;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PerturbedTextsTest {
  private static final String TEXT = "a wheeled vehicle drawn by one or more horses (1999)";

  @Test
  void shouldMisspellInnerLettersOfLongWordsAlone() {
    String[] before = TEXT.split(" ");
    for (int seed = 0; seed < 200; seed++) {
      String[] after = PerturbedTexts.typos(TEXT, 1, seed).split(" ");
      assertThat(after).hasSameSizeAs(before);
      for (int i = 0; i < before.length; i++) {
        if (before[i].length() < 4 || before[i].startsWith("(")) {
          assertThat(after[i]).isEqualTo(before[i]);
        } else {
          assertThat(after[i]).startsWith(before[i].substring(0, 1));
          assertThat(after[i].length()).isBetween(before[i].length() - 1, before[i].length());
        }
      }
    }
  }

  @Test
  void shouldMisspellTheShareAskedFor() {
    long touched =
        IntStream.range(0, 2_000)
            .mapToObj(seed -> PerturbedTexts.typos("alphabet", 0.2, seed))
            .filter(text -> !text.equals("alphabet"))
            .count();
    assertThat(touched).isBetween(330L, 470L);
    assertThat(PerturbedTexts.typos(TEXT, 0, 1)).isEqualTo(TEXT);
  }

  @Test
  void shouldReplaceAShareOfTheWordsByOthers() {
    WordPieceTokenizer tokenizer = LabelledCorpus.bundledTokenizer();
    WordChoices words = new WordChoices(tokenizer, 64);
    int[] tokens = tokenizer.encode(TEXT, 64);
    int[] changed = PerturbedTexts.substituted(tokens, 0.3, words, "seed");
    long differing = IntStream.range(0, tokens.length).filter(i -> tokens[i] != changed[i]).count();
    assertThat(differing).isEqualTo(3); // of nine or ten words
    assertThat(words.text(changed)).isPresent();
    assertThat(Arrays.equals(PerturbedTexts.substituted(tokens, 0.3, words, "seed"), changed))
        .isTrue();
  }
}
