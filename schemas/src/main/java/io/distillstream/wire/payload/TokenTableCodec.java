package io.distillstream.wire.payload;

import io.distillstream.avro.TokenTable;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import io.distillstream.wire.tokens.TokenCoding;
import io.distillstream.wire.tokens.TokenPosition;
import io.distillstream.wire.tokens.TokenShares;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Scored tokens as bytes; the schema of {@link TokenTable} says how.
 *
 * <p>Square roots of log-probabilities are rounded and not these themselves, because a small error
 * counts where a token is nearly certain and not where it is nearly impossible.
 */
public final class TokenTableCodec {

  /** In three columns of whole bytes. */
  static final int PLAIN = 0;

  /** By arithmetic coding. */
  static final int CODED = 1;

  private static final double STEPS_PER_ROOT = 51;
  private static final int NOTHING = 255;

  private TokenTableCodec() {}

  /** Encodes the tokens of one completion: arithmetically where that can be done. */
  public static TokenTable encode(List<ScoredToken> tokens) {
    return TokenCoding.encode(tokens.stream().map(TokenTableCodec::position).toList())
        .map(bytes -> coded(tokens.size(), bytes))
        .orElseGet(() -> PlainTokens.encode(tokens));
  }

  /** Encodes them as it was done before there was arithmetic coding. */
  public static TokenTable encodePlainly(List<ScoredToken> tokens) {
    return PlainTokens.encode(tokens);
  }

  private static TokenTable coded(int tokens, byte[] bytes) {
    ByteBuffer none = ByteBuffer.allocate(0);
    return new TokenTable(
        tokens, none, none.duplicate(), none.duplicate(), CODED, ByteBuffer.wrap(bytes));
  }

  /** Bytes of a table, before compression. */
  public static int bytes(TokenTable table) {
    return table.getDictionary().remaining()
        + table.getMentions().remaining()
        + table.getLogProbabilities().remaining()
        + table.getCoded().remaining();
  }

  /**
   * Decodes a record.
   *
   * @throws IllegalArgumentException if it contradicts itself, or is coded in a way that this
   *     release does not know
   */
  public static List<ScoredToken> decode(TokenTable table) {
    return switch (table.getCoding()) {
      case PLAIN -> PlainTokens.decode(table);
      case CODED ->
          TokenCoding.decode(table.getCoded().asReadOnlyBuffer(), table.getTokens()).stream()
              .map(TokenTableCodec::token)
              .toList();
      default -> throw unknown(table);
    };
  }

  /**
   * What each part of a table takes, before compression.
   *
   * @throws IllegalArgumentException as {@link #decode}
   */
  public static TokenShares shares(TokenTable table) {
    return switch (table.getCoding()) {
      case PLAIN -> PlainTokens.shares(table);
      case CODED -> TokenCoding.shares(table.getCoded().asReadOnlyBuffer(), table.getTokens());
      default -> throw unknown(table);
    };
  }

  private static IllegalArgumentException unknown(TokenTable table) {
    return new IllegalArgumentException(
        "Tokens are in coding %d; this release reads %d and %d"
            .formatted(table.getCoding(), PLAIN, CODED));
  }

  private static TokenPosition position(ScoredToken token) {
    int size = token.alternatives().size();
    int rank = token.rank();
    int[] codes = new int[size + 1];
    ByteBuffer[] tokens = new ByteBuffer[size + 1];
    for (int i = 0; i < size; i++) {
      codes[i] = code(token.alternatives().get(i).logProbability());
      tokens[i] = token.alternatives().get(i).token();
    }
    codes[size] = code(token.logProbability());
    tokens[size] = token.token();
    return new TokenPosition(size, rank, codes, tokens, code(token.tailLogMass()));
  }

  private static ScoredToken token(TokenPosition position) {
    List<Alternative> alternatives = new ArrayList<>(position.size());
    for (int i = 0; i < position.size(); i++) {
      alternatives.add(new Alternative(position.token(i), value(position.code(i))));
    }
    int rank = position.rank();
    return new ScoredToken(
        position.token(rank), value(position.code(rank)), alternatives, value(position.tail()));
  }

  /** A log-probability as it is read back. */
  public static float rounded(float logProbability) {
    return value(code(logProbability));
  }

  static int code(float logProbability) {
    double root = Math.sqrt(Math.max(0, -logProbability)) * STEPS_PER_ROOT;
    // Not a number would be code 0, which is certainty.
    return root < NOTHING - 0.5 ? (int) Math.round(root) : NOTHING;
  }

  static float value(int code) {
    if (code == NOTHING) {
      return Float.NEGATIVE_INFINITY;
    }
    double root = code / STEPS_PER_ROOT;
    return (float) -(root * root);
  }
}
