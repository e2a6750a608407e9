package io.distillstream.wire.tokens;

import io.distillstream.wire.entropy.MixedBits;
import io.distillstream.wire.entropy.SymbolCoder;
import java.util.Arrays;

/** What is expected of the next token of a completion, from those before it. */
final class TokenModel {

  private static final int GAP_INPUTS = 5;
  private static final int SLOT_BITS = 13;
  private static final int BYTE = 0xff;
  private static final int USUAL_SIZE = 20;

  private final MixedBits gaps;
  private final MixedBits ranks;
  private final MixedBits tails;
  private final Vocabulary vocabulary;
  private final int[] gapContexts = new int[GAP_INPUTS];
  private final int[] rankContexts = new int[2];
  private final int[] tailContexts = new int[3];
  private int sizeBefore = USUAL_SIZE;
  private int firstBefore;

  TokenModel() {
    gaps = new MixedBits(GAP_INPUTS, Ranks.BUCKETS, SLOT_BITS);
    ranks = new MixedBits(2, 2, SLOT_BITS);
    tails = new MixedBits(3, 1, SLOT_BITS);
    vocabulary = new Vocabulary();
  }

  private TokenModel(TokenModel other) {
    gaps = other.gaps.copy();
    ranks = other.ranks.copy();
    tails = other.tails.copy();
    vocabulary = other.vocabulary.copy();
  }

  /** One that goes on by itself, with another completion; this one changes no more. */
  TokenModel copy() {
    return new TokenModel(this);
  }

  /** Writes a position, or reads it. */
  void code(TokenCoders coders, TokenPosition position, Budget budget) {
    size(coders.mentions(), position);
    vocabulary.begin(budget);
    int before = 0;
    int gap = 0;
    int gapBefore = 0;
    for (int i = 0; i < position.size; i++) {
      position.reach(i);
      gapContexts(i, before, gap, gapBefore);
      gapBefore = gap;
      gap =
          gaps.number(
              coders.logProbabilities(),
              (position.codes[i] - before) & BYTE,
              gapContexts,
              Ranks.bucket(i));
      before = (before + gap) & BYTE;
      position.codes[i] = before;
      position.tokens[i] = vocabulary.mention(coders, position.tokens[i], i, gap, budget);
    }
    firstBefore = position.size == 0 ? BYTE : position.codes[0];
    tail(coders.logProbabilities(), position);
    rank(coders, position, budget);
    vocabulary.end(position.rank, budget);
  }

  private void size(SymbolCoder coder, TokenPosition position) {
    Arrays.fill(rankContexts, 1);
    boolean same =
        ranks.code(coder, position.size == sizeBefore ? 1 : 0, rankContexts, 255, 0) == 1;
    position.size = same ? sizeBefore : ranks.number(coder, position.size, rankContexts, 0);
    sizeBefore = position.size;
  }

  private void gapContexts(int i, int before, int gap, int gapBefore) {
    int bucket = Ranks.bucket(i);
    int pace = i == 0 ? firstBefore >> 4 : before / (i + 1);
    gapContexts[0] = bucket;
    gapContexts[1] = Math.min(i, 80);
    gapContexts[2] = (bucket * 8 + Ranks.bucket(gap)) * 8 + Ranks.bucket(gapBefore);
    gapContexts[3] = (before >> 2) * 8 + bucket;
    gapContexts[4] = (pace * 8 + bucket) * 8 + Ranks.bucket(gap);
  }

  private void tail(SymbolCoder coder, TokenPosition position) {
    int expected = Tail.expected(position);
    tailContexts[0] = firstBefore >> 3;
    tailContexts[1] = 0;
    tailContexts[2] = expected >> 3;
    int off = position.tail - expected;
    int read = tails.number(coder, off >= 0 ? 2 * off : -2 * off - 1, tailContexts, 0);
    int by = (read & 1) == 0 ? read >> 1 : -((read + 1) >> 1);
    position.tail = (expected + by) & BYTE;
  }

  private void rank(TokenCoders coders, TokenPosition position, Budget budget) {
    int rank = 0;
    while (rank < position.size) {
      rankContexts[0] = 10 + Math.min(rank, 20);
      rankContexts[1] = 100 + Math.min(rank, 3) * 64 + (position.codes[rank] >> 2);
      if (ranks.code(coders.mentions(), position.rank > rank ? 1 : 0, rankContexts, 0, 1) == 0) {
        break;
      }
      rank++;
    }
    position.rank = rank;
    if (rank == position.size) {
      position.reach(rank);
      Arrays.fill(rankContexts, 3);
      position.codes[rank] =
          ranks.symbol(coders.logProbabilities(), position.codes[rank], Byte.SIZE, rankContexts, 1);
      position.tokens[rank] = vocabulary.mention(coders, position.tokens[rank], rank, 1, budget);
    }
  }
}
