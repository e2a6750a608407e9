package io.distillstream.local.synthesize.text;

import java.util.SplittableRandom;

/**
 * How long made-up texts are.
 *
 * @param least words, at least 1
 * @param most words
 */
public record TextLength(int least, int most) {

  /** The longest text that is worth making up, in words. */
  static final int LONGEST = 500;

  public TextLength {
    if (least < 1 || most < least || most > LONGEST) {
      throw new IllegalArgumentException(
          "expected 1 to %d words and no fewer at most than at least, got %d to %d"
              .formatted(LONGEST, least, most));
    }
  }

  int draw(SplittableRandom random) {
    return random.nextInt(least, most + 1);
  }
}
