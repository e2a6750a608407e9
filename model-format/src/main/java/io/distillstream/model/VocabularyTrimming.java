package io.distillstream.model;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Counts which word pieces texts use, and makes the tokenizer that is left without the others. A
 * small student consists of little but its word table, so this shrinks it.
 *
 * <p>Always kept: the special tokens, every single character, alone and as a continuation, and
 * every piece with a character that is not there alone. So a word that is missing as a whole is
 * spelt out in shorter pieces. Kept pieces stay in their order under new, consecutive ids.
 *
 * <p>Not thread-safe.
 */
public final class VocabularyTrimming {
  private final WordPieceTokenizer tokenizer;
  private final long[] counts;
  private final boolean[] needed;
  private long texts;

  /** Nothing counted yet. */
  public VocabularyTrimming(WordPieceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    List<String> pieces = tokenizer.vocabulary();
    this.counts = new long[pieces.size()];
    this.needed = new boolean[pieces.size()];
    Set<String> known = new HashSet<>(pieces);
    for (int id = 0; id < needed.length; id++) {
      String piece = pieces.get(id);
      needed[id] =
          WordPieceTokenizer.SPECIAL_TOKENS.contains(piece)
              || isOneCharacter(piece)
              || hasCharacterWithoutPiece(piece, known);
    }
  }

  private static boolean isOneCharacter(String piece) {
    String text = withoutMark(piece);
    return text.codePointCount(0, text.length()) == 1;
  }

  /** A word may begin with the first character of a piece and goes on with the others. */
  private static boolean hasCharacterWithoutPiece(String piece, Set<String> known) {
    String text = withoutMark(piece);
    boolean continues = text.length() < piece.length();
    for (int i = 0; i < text.length(); ) {
      String character = Character.toString(text.codePointAt(i));
      if (!known.contains(i > 0 || continues ? mark(character) : character)) {
        return true;
      }
      i += character.length();
    }
    return false;
  }

  private static String mark(String text) {
    return WordPieceTokenizer.CONTINUATION + text;
  }

  private static String withoutMark(String piece) {
    return piece.startsWith(WordPieceTokenizer.CONTINUATION)
            && piece.length() > WordPieceTokenizer.CONTINUATION.length()
        ? piece.substring(WordPieceTokenizer.CONTINUATION.length())
        : piece;
  }

  /** Counts the pieces of a whole text. */
  public void count(String text) {
    for (int id : tokenizer.encode(text, Integer.MAX_VALUE)) {
      counts[id]++;
    }
    texts++;
  }

  /** Number of texts counted. */
  public long texts() {
    return texts;
  }

  /** Number of pieces that are kept whatever the texts. */
  public int needed() {
    return (int) IntStream.range(0, needed.length).filter(id -> needed[id]).count();
  }

  /**
   * The tokenizer with the pieces that occurred often enough; of these the most frequent, if they
   * are too many, of equally frequent ones the first.
   *
   * @param leastCount occurrences that a piece must have, unless it is always kept
   * @param mostPieces that are left in all; more only if more are always kept
   */
  public WordPieceTokenizer trimmed(long leastCount, int mostPieces) {
    int room = Math.max(0, mostPieces - needed());
    boolean[] kept = needed.clone();
    IntStream.range(0, counts.length)
        .filter(id -> !needed[id] && counts[id] >= leastCount)
        .boxed()
        .sorted(Comparator.comparingLong(id -> -counts[id]))
        .limit(room)
        .forEach(id -> kept[id] = true);
    return new WordPieceTokenizer(
        IntStream.range(0, kept.length)
            .filter(id -> kept[id])
            .mapToObj(tokenizer.vocabulary()::get)
            .collect(Collectors.toList()));
  }
}
