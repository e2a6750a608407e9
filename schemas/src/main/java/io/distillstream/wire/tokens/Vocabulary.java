package io.distillstream.wire.tokens;

import io.distillstream.wire.entropy.MixedBits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are mentioned: of each its class, whether it was seen before, and which one it is,
 * or how it is spelt.
 */
final class Vocabulary {

  private static final int[] NONE = {};
  private static final int NO_ENTRY = -1;
  private static final int CLASS_BITS = 3;
  private static final int CLASS_INPUTS = 5;
  private static final int SEEN_INPUTS = 6;
  private static final int SLOT_BITS = 14;

  /** How many mentions what followed the same token before counts for. */
  private static final int FOLLOWING = 8;

  /** Alternatives that are remembered to have followed a token. */
  private static final int MOST_FOLLOWING = 64;

  private static final int MOST_ALIKE = 64;
  private static final int BYTE = 0xff;
  private static final int NO_BYTE = 256;
  private static final int RANKS = 256;

  private final List<ByteBuffer> texts;
  private final Layer<ByteBuffer, Integer> index;

  /** Of an entry, another one of the same text: several tokens of a model may be written alike. */
  private final Layer<Integer, Integer> alike;

  private final Layer<Integer, int[]> following;
  private final SeenTokens seen;
  private final TokenTexts spelling;
  private final MixedBits classBits;
  private final MixedBits seenBits;
  private final int[] classContexts = new int[CLASS_INPUTS];
  private final int[] seenContexts = new int[SEEN_INPUTS];

  private int chosenBefore = NO_ENTRY;
  private int[] preferred = NONE;
  private int[] mentioned = NONE;
  private int mentions;
  private int unseen;
  private int history;
  private int kinds;
  private int beside;
  private boolean[] unseenBefore = new boolean[RANKS];
  private boolean[] unseenNow = new boolean[RANKS];

  Vocabulary() {
    texts = new ArrayList<>();
    index = new Layer<>(null);
    alike = new Layer<>(null);
    following = new Layer<>(null);
    seen = new SeenTokens();
    spelling = new TokenTexts();
    classBits = new MixedBits(CLASS_INPUTS, Ranks.BUCKETS, SLOT_BITS);
    seenBits = new MixedBits(SEEN_INPUTS, Ranks.BUCKETS, SLOT_BITS);
  }

  private Vocabulary(Vocabulary other) {
    texts = new ArrayList<>(other.texts);
    index = new Layer<>(other.index);
    alike = new Layer<>(other.alike);
    following = new Layer<>(other.following);
    seen = other.seen.copy();
    spelling = other.spelling.copy();
    classBits = other.classBits.copy();
    seenBits = other.seenBits.copy();
  }

  /** One that goes on by itself; this one changes no more. */
  Vocabulary copy() {
    return new Vocabulary(this);
  }

  /** Begins a position. */
  void begin(Budget budget) {
    preferred = following.getOrDefault(chosenBefore, NONE);
    budget.spend(preferred.length >> 3);
    for (int token : preferred) {
      seen.prefer(token, FOLLOWING);
    }
    mentions = 0;
    unseen = 0;
    history = 0;
    kinds = 0;
    beside = NO_BYTE;
  }

  /**
   * Writes or reads a mention.
   *
   * @param token null where it is read
   * @param rank of the alternative
   * @param gap code of its log-probability less that of the one before
   */
  ByteBuffer mention(
      TokenCoders coders, @Nullable ByteBuffer token, int rank, int gap, Budget budget) {
    budget.spend(1);
    int known = token == null ? NO_ENTRY : possible(token);
    int kind = kind(coders, token == null ? 0 : TokenClass.of(token), rank);
    boolean isNew = isNew(coders, known < 0, kind, rank, gap);
    int entry =
        isNew ? spelt(coders, token, kind, budget) : seen.code(coders.mentions(), known, kind);
    seen.exclude(entry);
    if (mentions == mentioned.length) {
      mentioned = Arrays.copyOf(mentioned, 2 * mentions + 64);
    }
    mentioned[mentions++] = entry;
    ByteBuffer text = texts.get(entry);
    int letter = text.remaining() > 1 && text.get(text.position()) == ' ' ? 1 : 0;
    beside = text.hasRemaining() ? text.get(text.position() + letter) & BYTE : NO_BYTE;
    return text;
  }

  /**
   * An entry of a text that was not mentioned at this position yet; {@link #NO_ENTRY} where there
   * is none, or it would take long to find.
   */
  private int possible(ByteBuffer token) {
    int entry = index.getOrDefault(token, NO_ENTRY);
    for (int tried = 0; entry >= 0 && !seen.possibleToken(entry); tried++) {
      entry = tried == MOST_ALIKE ? NO_ENTRY : alike.getOrDefault(entry, NO_ENTRY);
    }
    return entry;
  }

  private int kind(TokenCoders coders, int kind, int rank) {
    int bucket = Ranks.bucket(rank);
    classContexts[0] = bucket;
    classContexts[1] = (kinds & 0777) * 8 + bucket;
    classContexts[2] = kinds & 0777777;
    classContexts[3] = (chosenBefore * 8 + bucket) * 8 + (kinds & 7);
    classContexts[4] = (last() * 8 + (kinds & 7)) * 8 + bucket;
    int read = classBits.symbol(coders.mentions(), kind, CLASS_BITS, classContexts, bucket);
    kinds = (kinds << CLASS_BITS) | read;
    return read;
  }

  private boolean isNew(TokenCoders coders, boolean isNew, int kind, int rank, int gap) {
    boolean read = true;
    int place = Math.min(rank, RANKS - 2);
    if (seen.possible(kind)) {
      int bucket = Ranks.bucket(rank);
      int neighbours =
          (unseenBefore[place] ? 4 : 0)
              + (unseenBefore[Math.max(0, place - 1)] ? 2 : 0)
              + (unseenBefore[place + 1] ? 1 : 0);
      int known = Integer.SIZE - Integer.numberOfLeadingZeros(seen.size());
      int share = rank == 0 ? 0 : unseen * 16 / rank;
      seenContexts[0] = (bucket * 2 + (gap == 0 ? 1 : 0)) * 8 + kind;
      seenContexts[1] = (history & 31) * 8 + kind;
      seenContexts[2] = neighbours * 8 + bucket;
      seenContexts[3] = share * 8 + bucket;
      seenContexts[4] = (known * 8 + kind) * 8 + bucket;
      seenContexts[5] = ((preferred.length == 0 ? 0 : 8) + (history & 7)) * 8 + kind;
      read = seenBits.code(coders.mentions(), isNew ? 1 : 0, seenContexts, 0, bucket) == 1;
    }
    unseenNow[place] = read;
    history = (history << 1) | (read ? 1 : 0);
    unseen += read ? 1 : 0;
    return read;
  }

  private int spelt(TokenCoders coders, @Nullable ByteBuffer token, int kind, Budget budget) {
    ByteBuffer text = spelling.code(coders.dictionary(), token, kind, last(), beside, budget);
    if (TokenClass.of(text) != kind) {
      throw new IllegalArgumentException("A token is spelt that is of another class than was said");
    }
    int entry = seen.add(kind);
    texts.add(text);
    int first = index.getOrDefault(text, NO_ENTRY);
    if (first == NO_ENTRY) {
      index.put(text, entry);
    } else {
      alike.put(entry, alike.getOrDefault(first, NO_ENTRY));
      alike.put(first, entry);
    }
    return entry;
  }

  /** The last byte of the token that was chosen before. */
  private int last() {
    if (chosenBefore < 0) {
      return NO_BYTE;
    }
    ByteBuffer text = texts.get(chosenBefore);
    return text.hasRemaining() ? text.get(text.limit() - 1) & BYTE : NO_BYTE;
  }

  /**
   * Ends a position.
   *
   * @param chosen which of its mentions was chosen, from 0
   */
  void end(int chosen, Budget budget) {
    for (int token : preferred) {
      seen.restore(token);
    }
    for (int i = 0; i < mentions; i++) {
      seen.count(mentioned[i]);
    }
    following.put(chosenBefore, Arrays.copyOf(mentioned, Math.min(mentions, MOST_FOLLOWING)));
    chosenBefore = mentioned[chosen];
    boolean[] former = unseenBefore;
    unseenBefore = unseenNow;
    unseenNow = former;
    seen.age(budget);
  }
}
