package io.distillstream.artifacts.candidate;

import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Texts by which a device checks that its answers are the quantizer's. Every device gets them, so
 * no text of the traffic may be among them: they are word pieces drawn at random from the model's
 * own vocabulary, which devices have anyway. They tell no more of the traffic than the vocabulary
 * does: which words occur in it, where it was trimmed to traffic, and never which of them together.
 *
 * <p>They need not resemble traffic, since they only compare one run of a file with another. Their
 * lengths vary from a few pieces to as many as the model takes, and continuations of words are
 * drawn too, so that tokenizing and truncation are checked as well.
 */
final class ProbeTexts {

  /** Fewer could happen to be what somebody asked. */
  static final int FEWEST_PIECES = 4;

  /** {@code [CLS]} and {@code [SEP]}. */
  private static final int FRAME = 2;

  private ProbeTexts() {}

  /**
   * Texts of a model; the same for the same seed.
   *
   * @param count how many; the first is the shortest and the last the longest
   * @throws ModelFormatException if no piece of the vocabulary begins a word
   */
  static List<String> of(ModelMetadata metadata, int count, long seed) {
    WordPieceTokenizer tokenizer = metadata.tokenizer();
    int[] pieces = pieces(tokenizer);
    int[] first = IntStream.of(pieces).filter(id -> !tokenizer.isContinuation(id)).toArray();
    if (first.length == 0) {
      throw new ModelFormatException("No piece of its vocabulary begins a word");
    }
    int most = Math.max(FEWEST_PIECES, metadata.maxTokens() - FRAME);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = FEWEST_PIECES + (most - FEWEST_PIECES) * i / Math.max(1, count - 1);
      int[] ids = random.ints(length, 0, pieces.length).map(drawn -> pieces[drawn]).toArray();
      ids[0] = first[random.nextInt(first.length)];
      texts.add(tokenizer.decode(ids));
    }
    return texts;
  }

  /** The vocabulary without {@code [PAD]}, {@code [unused7]} and the like. */
  private static int[] pieces(WordPieceTokenizer tokenizer) {
    List<String> vocabulary = tokenizer.vocabulary();
    return IntStream.range(0, vocabulary.size())
        .filter(id -> !(vocabulary.get(id).startsWith("[") && vocabulary.get(id).endsWith("]")))
        .toArray();
  }
}
