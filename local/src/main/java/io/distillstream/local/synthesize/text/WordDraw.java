package io.distillstream.local.synthesize.text;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws words by their rank, the r-th with a probability proportional to {@code 1 / (r + 2.7)^s}
 * (Mandelbrot's form of Zipf's law): vocabularies mostly come in the order of frequency. Immutable.
 */
final class WordDraw {

  private static final double OFFSET = 2.7;

  private final List<String> words;
  private final double[] cumulative;

  /**
   * @param words most frequent first
   * @param exponent s; 0 draws all words alike
   */
  WordDraw(List<String> words, double exponent) {
    this.words = List.copyOf(words);
    this.cumulative = new double[words.size()];
    double sum = 0;
    for (int rank = 0; rank < cumulative.length; rank++) {
      sum += Math.pow(rank + 1 + OFFSET, -exponent);
      cumulative[rank] = sum;
    }
  }

  int draw(SplittableRandom random) {
    double at = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, at);
    return Math.min(found >= 0 ? found : -found - 1, cumulative.length - 1);
  }

  String word(int index) {
    return words.get(index);
  }
}
