package io.distillstream.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordChoicesTest {
  private static final WordPieceTokenizer TOKENIZER =
      new WordPieceTokenizer(
          List.of(
              "[PAD]", "[UNK]", "[CLS]", "[SEP]", "small", "model", "##s", ".", "7", "tree",
              "Upper", "old"));

  private final WordChoices words = new WordChoices(TOKENIZER, 8);

  @Test
  void shouldOpenWholeWordsAlone() {
    int[] tokens = TOKENIZER.encode("small models . 7 tree", 8);

    // [CLS] small model ##s . 7 tree [SEP]
    Choices open = words.of(tokens, "seed", 1_000).orElseThrow();

    assertThat(open.positions()).containsExactly(1, 6);
    assertThat(Arrays.stream(open.words()).distinct().boxed())
        .containsExactlyInAnyOrder(4, 5, 9, 11);
    assertThat(open.words()).hasSize(1_000);
  }

  @Test
  void shouldDrawByTheSeedAlone() {
    int[] tokens = TOKENIZER.encode("small tree", 8);

    int[] drawn = words.of(tokens, "a", 20).orElseThrow().words();

    assertThat(words.of(TOKENIZER.encode("old tree", 8), "a", 20).orElseThrow().words())
        .containsExactly(drawn);
    assertThat(words.of(tokens, "b", 20).orElseThrow().words()).isNotEqualTo(drawn);
  }

  @Test
  void shouldOpenNothingWhereThereIsNoWord() {
    assertThat(words.of(TOKENIZER.encode("models . 7", 8), "seed", 5)).isEmpty();
  }

  @Test
  void shouldMakeTextsWhoseIdsAreTheChangedOnes() {
    int[] tokens = TOKENIZER.encode("Small models. tree", 8);
    Choices open = words.of(tokens, "seed", 50).orElseThrow();
    for (int position : open.positions()) {
      for (int word : open.words()) {
        int[] changed = new Substitution(position, word, 1).apply(tokens);
        assertThat(TOKENIZER.encode(words.text(changed).orElseThrow(), 8)).containsExactly(changed);
      }
    }
  }

  @Test
  void shouldMakeNoTextOfWhatHasNone() {
    assertThat(words.text(TOKENIZER.encode("small ?", 8))).as("unknown").isEmpty();
    assertThat(words.text(new int[] {2, 4, 10, 3})).as("not normalised").isEmpty();
    assertThat(words.text(new int[] {2, 4, 5, 3})).contains("small model");
  }
}
