package io.distillstream.benchmarks.stream;

import io.distillstream.trainer.augment.WordChoices;
import io.distillstream.trainer.engine.Substitution;
import io.distillstream.trainer.engine.Substitution.Choices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Texts as they come from hurried or careless writers; a function of text and seed. */
final class PerturbedTexts {
  private static final int LEAST_LETTERS = 4;

  private PerturbedTexts() {}

  /**
   * Typos: of words of four letters and more, this share has two neighbouring inner letters swapped
   * or one inner letter dropped, at even odds.
   */
  static String typos(String text, double share, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> words = new ArrayList<>();
    for (String word : text.split(" ", -1)) {
      boolean touched =
          word.length() >= LEAST_LETTERS
              && word.chars().allMatch(Character::isLetter)
              && random.nextDouble() < share;
      words.add(touched ? typo(word, random) : word);
    }
    return String.join(" ", words);
  }

  private static String typo(String word, SplittableRandom random) {
    StringBuilder changed = new StringBuilder(word);
    int at = 1 + random.nextInt(word.length() - 2);
    if (random.nextBoolean()) {
      return changed.deleteCharAt(at).toString();
    }
    // The first letter stays: at and the one before it, or after it where it is the second.
    int other = at == 1 ? 2 : at - 1;
    changed.setCharAt(at, word.charAt(other));
    changed.setCharAt(other, word.charAt(at));
    return changed.toString();
  }

  /** A share of the words, one at least, replaced by others of the vocabulary at random. */
  static int[] substituted(int[] tokens, double share, WordChoices words, String seed) {
    Optional<Choices> open = words.of(tokens, seed, tokens.length);
    if (open.isEmpty()) {
      return tokens;
    }
    int[] positions = open.get().positions();
    SplittableRandom random = new SplittableRandom(seed.hashCode());
    int count = Math.max(1, (int) Math.round(share * positions.length));
    int[] changed = tokens;
    for (int i = 0; i < count; i++) {
      int swap = i + random.nextInt(positions.length - i);
      int position = positions[swap];
      positions[swap] = positions[i];
      changed = new Substitution(position, open.get().words()[i], 1).apply(changed);
    }
    return changed;
  }
}
