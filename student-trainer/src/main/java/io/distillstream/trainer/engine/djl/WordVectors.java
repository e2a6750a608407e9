package io.distillstream.trainer.engine.djl;

/**
 * Which rows of the row table the texts of a batch are made of, text after text: where their
 * vectors can be moved.
 *
 * @param slots per vector, index into {@link ForwardPass#words()}
 * @param ends per text, the vector after its last
 */
@SuppressWarnings("ArrayRecordComponent")
record WordVectors(int[] slots, int[] ends) {

  /** Number of vectors. */
  int count() {
    return slots.length;
  }

  /** The first vector of a text. */
  int start(int text) {
    return text == 0 ? 0 : ends[text - 1];
  }

  /** The vectors {@code [count, width]} out of the batch's rows {@code [words, width]}. */
  float[] gather(float[] rows, int width) {
    float[] vectors = new float[slots.length * width];
    for (int i = 0; i < slots.length; i++) {
      System.arraycopy(rows, slots[i] * width, vectors, i * width, width);
    }
    return vectors;
  }

  /** {@code [texts, count]}: times the vectors it gives each text's mean. */
  float[] averaging() {
    float[] averaging = new float[ends.length * slots.length];
    for (int text = 0; text < ends.length; text++) {
      for (int i = start(text); i < ends[text]; i++) {
        averaging[text * slots.length + i] = 1f / (ends[text] - start(text));
      }
    }
    return averaging;
  }
}
