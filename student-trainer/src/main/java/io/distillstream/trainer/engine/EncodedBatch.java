package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;

/**
 * Texts as the network takes them: padded to the longest, words numbered within the batch.
 *
 * <p>The network gathers from the batch's own few hundred rows of the word table instead of from
 * the whole table, so gradient and update touch these rows alone.
 *
 * @param size number of texts
 * @param length word pieces of the longest
 * @param words distinct word-piece ids, in order of first occurrence
 * @param slots {@code [size, length]} indices into {@code words}; 0 where padded
 * @param mask {@code [size, length]}, 1 for a word piece and 0 for padding
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedBatch(int size, int length, int[] words, long[] slots, float[] mask) {

  /**
   * @throws IllegalArgumentException for a text without word pieces or with too many, or an id
   *     outside the vocabulary
   */
  static EncodedBatch of(int[][] tokens, StudentSpec spec) {
    int length = longest(tokens, spec);
    int[] slotOf = new int[spec.vocabularySize()];
    int[] words = new int[tokens.length * length];
    long[] slots = new long[tokens.length * length];
    float[] mask = new float[tokens.length * length];
    int distinct = 0;
    for (int row = 0; row < tokens.length; row++) {
      for (int i = 0; i < tokens[row].length; i++) {
        int word = tokens[row][i];
        if (word < 0 || word >= spec.vocabularySize()) {
          throw new IllegalArgumentException(
              "word piece %d of text %d is outside the vocabulary of %d"
                  .formatted(word, row, spec.vocabularySize()));
        }
        if (slotOf[word] == 0) {
          words[distinct++] = word;
          slotOf[word] = distinct;
        }
        slots[row * length + i] = slotOf[word] - 1L;
        mask[row * length + i] = 1;
      }
    }
    return new EncodedBatch(tokens.length, length, Arrays.copyOf(words, distinct), slots, mask);
  }

  private static int longest(int[][] tokens, StudentSpec spec) {
    int longest = 0;
    for (int row = 0; row < tokens.length; row++) {
      if (tokens[row].length < 1 || tokens[row].length > spec.maxTokens()) {
        throw new IllegalArgumentException(
            "text %d has %d word pieces, expected 1 to %d"
                .formatted(row, tokens[row].length, spec.maxTokens()));
      }
      longest = Math.max(longest, tokens[row].length);
    }
    return longest;
  }
}
