package io.distillstream.trainer.engine;

/**
 * One word piece of a text in the place of another.
 *
 * @param position of the replaced token in its text
 * @param word the id that takes its place
 * @param rise of the text's loss that the gradient promises, above 0
 */
public record Substitution(int position, int word, double rise) {

  /** The text with the word in its place. */
  public int[] apply(int[] tokens) {
    int[] replaced = tokens.clone();
    replaced[position] = word;
    return replaced;
  }

  /**
   * Where a text may be changed, and to what.
   *
   * @param positions of tokens that may be replaced
   * @param words that may replace them; those that the student has not learned yet are left out
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Choices(int[] positions, int[] words) {}
}
