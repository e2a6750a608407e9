package io.distillstream.trainer.engine.djl;

import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.parameter.TableRows;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;

/**
 * Texts as the network takes them: their tokens in one row, without padding, and where each would
 * stand in a padded rectangle.
 *
 * <p>Words are numbered within the batch: the network gathers from the batch's own few hundred rows
 * of the word table instead of from the whole table, so gradient and update touch these rows alone.
 *
 * @param size number of texts
 * @param length tokens of the longest
 * @param words distinct rows of the word table, in order of first occurrence
 * @param slots per token, index into {@code words}
 * @param positions per token, its place in its text
 * @param cells per token, its index in the flattened {@code [size, length]} rectangle
 * @param tokens {@code [size, length]}, the token in each cell; 0 where there is none
 * @param mask {@code [size, length]}, 1 for a cell with a token and 0 for padding
 */
@SuppressWarnings("ArrayRecordComponent")
record EncodedBatch(
    int size,
    int length,
    int[] words,
    long[] slots,
    long[] positions,
    long[] cells,
    long[] tokens,
    float[] mask) {

  /**
   * Encodes unpadded texts.
   *
   * @throws IllegalArgumentException for a text without word pieces or with too many, or an id
   *     outside the vocabulary
   */
  static EncodedBatch of(TokenInputs inputs, StudentSpec spec) {
    int[][] texts = checked(inputs, spec);
    int length = Arrays.stream(texts).mapToInt(text -> text.length).max().orElse(0);
    int count = Arrays.stream(texts).mapToInt(text -> text.length).sum();
    TableRows rows = spec.tableRows();
    int[] slotOf = new int[rows.count()];
    int[] words = new int[count];
    int distinct = 0;
    long[] slots = new long[count];
    long[] positions = new long[count];
    long[] cells = new long[count];
    long[] tokens = new long[texts.length * length];
    float[] mask = new float[texts.length * length];
    int token = 0;
    for (int row = 0; row < texts.length; row++) {
      for (int i = 0; i < texts[row].length; i++) {
        int word = rows.row(texts[row][i]);
        if (slotOf[word] == 0) {
          words[distinct++] = word;
          slotOf[word] = distinct; // counts from 1: 0 means not seen
        }
        int cell = row * length + i;
        slots[token] = slotOf[word] - 1L;
        positions[token] = i;
        cells[token] = cell;
        tokens[cell] = token;
        mask[cell] = 1;
        token++;
      }
    }
    return new EncodedBatch(
        texts.length,
        length,
        Arrays.copyOf(words, distinct),
        slots,
        positions,
        cells,
        tokens,
        mask);
  }

  /** Number of tokens. */
  int count() {
    return slots.length;
  }

  /** One vector per token. */
  WordVectors vectors() {
    int[] ends = new int[size];
    for (int token = 0; token < count(); token++) {
      ends[(int) cells[token] / length] = token + 1;
    }
    return new WordVectors(Arrays.stream(slots).mapToInt(Math::toIntExact).toArray(), ends);
  }

  /** {@code [size, count]}: times the tokens' vectors it gives each text's mean. */
  float[] averaging() {
    int[] lengths = new int[size];
    for (long cell : cells) {
      lengths[(int) cell / length]++;
    }
    float[] averaging = new float[size * count()];
    for (int token = 0; token < count(); token++) {
      int text = (int) cells[token] / length;
      averaging[text * count() + token] = 1f / lengths[text];
    }
    return averaging;
  }

  /** The texts, found to be in order. */
  static int[][] checked(TokenInputs inputs, StudentSpec spec) {
    int[][] texts = inputs.tokens();
    for (int row = 0; row < texts.length; row++) {
      if (texts[row].length < 1 || texts[row].length > spec.maxTokens()) {
        throw new IllegalArgumentException(
            "text %d has %d word pieces, expected 1 to %d"
                .formatted(row, texts[row].length, spec.maxTokens()));
      }
      for (int word : texts[row]) {
        if (word < 0 || word >= spec.vocabularySize()) {
          throw new IllegalArgumentException(
              "word piece %d of text %d is outside the vocabulary of %d"
                  .formatted(word, row, spec.vocabularySize()));
        }
      }
    }
    return texts;
  }
}
