package io.distillstream.wire.tokens;

import io.distillstream.wire.entropy.MeasuredCoder;
import io.distillstream.wire.entropy.RangeDecoder;
import io.distillstream.wire.entropy.RangeEncoder;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tables of tokens as bytes. Each is coded by itself, from a model that has seen the {@link Sample}
 * and nothing else, so that a record can be read without any other.
 */
public final class TokenCoding {

  /** What a number of 20 bits can say. */
  private static final int MOST_ALTERNATIVES = (1 << 20) - 1;

  private TokenCoding() {}

  /**
   * Encodes the tokens of one completion.
   *
   * @return empty if they say so much more than the bytes are that {@link #decode} would refuse
   *     them, or a token has more alternatives than can be written
   */
  public static Optional<byte[]> encode(List<TokenPosition> positions) {
    if (positions.stream().anyMatch(position -> position.size > MOST_ALTERNATIVES)) {
      return Optional.empty();
    }
    TokenModel model = Sample.model();
    RangeEncoder encoder = new RangeEncoder();
    TokenCoders coders = TokenCoders.of(encoder);
    Budget budget = Budget.largest();
    try {
      for (TokenPosition position : positions) {
        model.code(coders, position, budget);
      }
    } catch (Budget.ExceededException e) {
      return Optional.empty();
    }
    byte[] bytes = encoder.finish();
    return budget.within(bytes.length) ? Optional.of(bytes) : Optional.empty();
  }

  /**
   * Decodes a table.
   *
   * @param coded all its bytes; its position moves to the end
   * @param count of tokens
   * @throws IllegalArgumentException if nothing is encoded like this
   */
  public static List<TokenPosition> decode(ByteBuffer coded, int count) {
    Budget budget = Budget.of(coded.remaining());
    try {
      RangeDecoder decoder = new RangeDecoder(coded);
      return decode(coded, TokenCoders.of(decoder), count, budget);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("The table of tokens ends early", e);
    }
  }

  /**
   * What each part of a table takes.
   *
   * @throws IllegalArgumentException if nothing is encoded like this
   */
  public static TokenShares shares(ByteBuffer coded, int count) {
    Budget budget = Budget.of(coded.remaining());
    try {
      RangeDecoder decoder = new RangeDecoder(coded);
      MeasuredCoder dictionary = new MeasuredCoder(decoder);
      MeasuredCoder mentions = new MeasuredCoder(decoder);
      MeasuredCoder logProbabilities = new MeasuredCoder(decoder);
      decode(coded, new TokenCoders(dictionary, mentions, logProbabilities), count, budget);
      return new TokenShares(dictionary.bytes(), mentions.bytes(), logProbabilities.bytes());
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("The table of tokens ends early", e);
    }
  }

  private static List<TokenPosition> decode(
      ByteBuffer coded, TokenCoders coders, int count, Budget budget) {
    TokenModel model = Sample.model();
    List<TokenPosition> positions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TokenPosition position = new TokenPosition();
      model.code(coders, position, budget);
      positions.add(position);
    }
    if (coded.hasRemaining()) {
      throw new IllegalArgumentException("The table has more than its %d tokens".formatted(count));
    }
    return positions;
  }
}
