package io.distillstream.trainer.engine;

import ai.djl.ndarray.NDArray;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.TableRows;
import java.util.HashMap;
import java.util.Map;

/**
 * The forward pass of a {@link NgramSpec}: one product of the batch's rows of the table with a
 * matrix that says how much of each is in each text.
 *
 * @param texts number of texts
 * @param words distinct rows of the table, in order of first occurrence
 * @param shares {@code [texts, words]}, each row summing to 1
 */
@SuppressWarnings("ArrayRecordComponent")
record NgramPass(int texts, int[] words, float[] shares) implements ForwardPass {

  static NgramPass of(NgramSpec spec, Inputs inputs) {
    int[][] texts = EncodedBatch.checked(inputs, spec);
    TableRows rows = spec.tableRows();
    Map<Integer, Integer> slots = new HashMap<>();
    int[][] slotted = new int[texts.length][];
    for (int text = 0; text < texts.length; text++) {
      int[] tokens = texts[text];
      slotted[text] = new int[2 * tokens.length - 1];
      for (int i = 0; i < tokens.length; i++) {
        slotted[text][i] = slot(slots, rows.row(tokens[i]));
      }
      for (int i = 1; i < tokens.length; i++) {
        slotted[text][tokens.length + i - 1] =
            slot(slots, rows.row(spec.pair(tokens[i - 1], tokens[i])));
      }
    }
    float[] shares = new float[texts.length * slots.size()];
    for (int text = 0; text < texts.length; text++) {
      for (int slot : slotted[text]) {
        shares[text * slots.size() + slot] += 1f / slotted[text].length;
      }
    }
    int[] words = new int[slots.size()];
    slots.forEach((row, slot) -> words[slot] = row);
    return new NgramPass(texts.length, words, shares);
  }

  private static int slot(Map<Integer, Integer> slots, int row) {
    return slots.computeIfAbsent(row, unseen -> slots.size());
  }

  @Override
  public int rows() {
    return texts;
  }

  @Override
  public NDArray hidden(Layers layers) {
    return layers.norm("norm", layers.array(shares, texts, words.length).matMul(layers.rows()));
  }
}
