package io.distillstream.trainer.engine.djl;

import ai.djl.ndarray.NDArray;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.student.NgramSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The forward pass of a {@link NgramSpec}: one product of the batch's rows of the table with a
 * matrix that says how much of each is in each text.
 *
 * @param words distinct rows of the table, in order of first occurrence
 * @param vectors which of them each text is made of
 * @param shares {@code [texts, words]}, each row summing to 1
 */
@SuppressWarnings("ArrayRecordComponent")
record NgramPass(int[] words, WordVectors vectors, float[] shares) implements ForwardPass {

  static NgramPass of(NgramSpec spec, TokenInputs inputs) {
    int[][] texts = EncodedBatch.checked(inputs, spec);
    Map<Integer, Integer> slots = new HashMap<>();
    int[][] slotted = new int[texts.length][];
    int[] ends = new int[texts.length];
    int count = 0;
    for (int text = 0; text < texts.length; text++) {
      slotted[text] = spec.rows(texts[text]);
      for (int i = 0; i < slotted[text].length; i++) {
        slotted[text][i] = slot(slots, slotted[text][i]);
      }
      count += slotted[text].length;
      ends[text] = count;
    }
    float[] shares = new float[texts.length * slots.size()];
    for (int text = 0; text < texts.length; text++) {
      for (int slot : slotted[text]) {
        shares[text * slots.size() + slot] += 1f / slotted[text].length;
      }
    }
    int[] words = new int[slots.size()];
    slots.forEach((row, slot) -> words[slot] = row);
    int[] all = Arrays.stream(slotted).flatMapToInt(Arrays::stream).toArray();
    return new NgramPass(words, new WordVectors(all, ends), shares);
  }

  private static int slot(Map<Integer, Integer> slots, int row) {
    return slots.computeIfAbsent(row, unseen -> slots.size());
  }

  @Override
  public int rows() {
    return vectors.ends().length;
  }

  @Override
  public NDArray hidden(Layers layers) {
    NDArray mean = layers.array(shares, rows(), words.length).matMul(layers.rows());
    return layers.norm(
        "norm", layers.shift().map(shift -> mean.add(shiftOfMean(layers, shift))).orElse(mean));
  }

  private NDArray shiftOfMean(Layers layers, NDArray shift) {
    return layers.array(vectors.averaging(), rows(), vectors.count()).matMul(shift);
  }
}
