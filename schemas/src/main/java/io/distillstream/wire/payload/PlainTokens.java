package io.distillstream.wire.payload;

import io.distillstream.avro.TokenTable;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import io.distillstream.wire.tokens.TokenShares;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The first coding of {@link TokenTable}, in three columns of whole bytes. Mentions of tokens that
 * are new are all the same byte, and log-probabilities are small differences, so that what
 * compresses batches finds something to do.
 */
final class PlainTokens {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int BYTE = 0xff;
  private static final int MOST_ALTERNATIVES = 1 << 20;

  private PlainTokens() {}

  static TokenTable encode(List<ScoredToken> tokens) {
    Writing writing = new Writing();
    tokens.forEach(writing::add);
    return new TokenTable(
        tokens.size(),
        ByteBuffer.wrap(writing.dictionary.toByteArray()),
        ByteBuffer.wrap(writing.mentions.toByteArray()),
        ByteBuffer.wrap(writing.logProbabilities.toByteArray()),
        TokenTableCodec.PLAIN,
        NOTHING.duplicate());
  }

  static List<ScoredToken> decode(TokenTable table) {
    try {
      return new Reading(table).all(table.getTokens());
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("The table of tokens ends early", e);
    }
  }

  static TokenShares shares(TokenTable table) {
    return new TokenShares(
        table.getDictionary().remaining(),
        table.getMentions().remaining(),
        table.getLogProbabilities().remaining());
  }

  private static final class Writing {
    private final Map<ByteBuffer, Integer> entries = new HashMap<>();
    private final ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
    private final ByteArrayOutputStream mentions = new ByteArrayOutputStream();
    private final ByteArrayOutputStream logProbabilities = new ByteArrayOutputStream();

    void add(ScoredToken token) {
      List<Alternative> alternatives = token.alternatives();
      int k = alternatives.size();
      int rank = token.rank();
      number(mentions, k);
      number(mentions, rank);
      int before = 0;
      for (Alternative alternative : alternatives) {
        mention(alternative.token());
        int code = TokenTableCodec.code(alternative.logProbability());
        logProbabilities.write(code - before);
        before = code;
      }
      logProbabilities.write(TokenTableCodec.code(token.tailLogMass()));
      if (rank == k) {
        mention(token.token());
        logProbabilities.write(TokenTableCodec.code(token.logProbability()));
      }
    }

    private void mention(ByteBuffer token) {
      Integer entry = entries.putIfAbsent(token, entries.size());
      if (entry != null) {
        number(mentions, entry + 1);
        return;
      }
      number(mentions, 0);
      byte[] bytes = new byte[token.remaining()];
      token.duplicate().get(bytes);
      number(dictionary, bytes.length);
      dictionary.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, int value) {
      int rest = value;
      while (rest > 0x7f) {
        out.write((rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      out.write(rest);
    }
  }

  private static final class Reading {
    private final ByteBuffer dictionary;
    private final ByteBuffer mentions;
    private final ByteBuffer logProbabilities;
    private final List<ByteBuffer> entries = new ArrayList<>();

    Reading(TokenTable table) {
      dictionary = table.getDictionary().asReadOnlyBuffer();
      mentions = table.getMentions().asReadOnlyBuffer();
      logProbabilities = table.getLogProbabilities().asReadOnlyBuffer();
    }

    List<ScoredToken> all(int count) {
      List<ScoredToken> tokens = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tokens.add(next());
      }
      if (mentions.hasRemaining() || logProbabilities.hasRemaining() || dictionary.hasRemaining()) {
        throw new IllegalArgumentException(
            "The table has more than its %d tokens".formatted(count));
      }
      return tokens;
    }

    private ScoredToken next() {
      int k = number(mentions);
      int rank = number(mentions);
      if (k > MOST_ALTERNATIVES || rank > k) {
        throw new IllegalArgumentException(
            "A token is number %d of %d alternatives".formatted(rank, k));
      }
      List<Alternative> alternatives = new ArrayList<>();
      int code = 0;
      for (int i = 0; i < k; i++) {
        code = (code + logProbabilities.get()) & BYTE;
        alternatives.add(new Alternative(mentioned(), TokenTableCodec.value(code)));
      }
      float tail = TokenTableCodec.value(logProbabilities.get() & BYTE);
      if (rank < k) {
        Alternative chosen = alternatives.get(rank);
        return new ScoredToken(chosen.token(), chosen.logProbability(), alternatives, tail);
      }
      return new ScoredToken(
          mentioned(), TokenTableCodec.value(logProbabilities.get() & BYTE), alternatives, tail);
    }

    private ByteBuffer mentioned() {
      int mention = number(mentions);
      if (mention == 0) {
        int length = number(dictionary);
        if (length > dictionary.remaining()) {
          throw new BufferUnderflowException();
        }
        ByteBuffer entry = dictionary.slice(dictionary.position(), length);
        dictionary.position(dictionary.position() + length);
        entries.add(entry);
        return entry;
      }
      if (mention > entries.size()) {
        throw new IllegalArgumentException(
            "Entry %d of %d is mentioned".formatted(mention - 1, entries.size()));
      }
      return entries.get(mention - 1);
    }

    private static int number(ByteBuffer in) {
      int value = 0;
      for (int shift = 0; shift < 28; shift += 7) {
        int next = in.get();
        value |= (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("A number has more than 28 bits");
    }
  }
}
