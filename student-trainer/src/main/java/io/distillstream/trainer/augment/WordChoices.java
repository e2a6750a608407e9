package io.distillstream.trainer.augment;

import io.distillstream.foundation.Sha256;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.trainer.engine.Substitution.Choices;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Whole words that may take each other's place, so that the changed ids are those of a text. A word
 * that is cut into pieces stays whole, as do punctuation and special tokens.
 */
public final class WordChoices {
  private final WordPieceTokenizer tokenizer;
  private final int maxTokens;
  private final int[] words;

  /**
   * @param maxTokens longest text of the student
   */
  public WordChoices(WordPieceTokenizer tokenizer, int maxTokens) {
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    words =
        IntStream.range(0, tokenizer.vocabulary().size()).filter(tokenizer::isWholeWord).toArray();
  }

  /**
   * Where a text may be changed, and a draw of the words to change it to; empty where there is none
   * of either.
   *
   * @param seed of the draw
   * @param candidates number of words drawn, with replacement
   */
  public Optional<Choices> of(int[] tokens, String seed, int candidates) {
    int[] positions =
        IntStream.range(0, tokens.length).filter(position -> isWord(tokens, position)).toArray();
    if (positions.length == 0 || words.length == 0) {
      return Optional.empty();
    }
    SplittableRandom random = new SplittableRandom(Sha256.leadingLong(seed));
    int[] drawn =
        IntStream.generate(() -> words[random.nextInt(words.length)]).limit(candidates).toArray();
    return Optional.of(new Choices(positions, drawn));
  }

  private boolean isWord(int[] tokens, int position) {
    return tokenizer.isWholeWord(tokens[position])
        && (position + 1 == tokens.length || !tokenizer.isContinuation(tokens[position + 1]));
  }

  /** A text that has just these ids; empty where there is none, as with unknown characters. */
  public Optional<String> text(int[] tokens) {
    String text = tokenizer.decode(tokens);
    boolean same =
        Arrays.stream(tokens).noneMatch(tokenizer::isUnknown)
            && Arrays.equals(tokenizer.encode(text, maxTokens), tokens);
    return same ? Optional.of(text) : Optional.empty();
  }

  /** A word piece as people read it. */
  String word(int id) {
    return tokenizer.vocabulary().get(id);
  }
}
