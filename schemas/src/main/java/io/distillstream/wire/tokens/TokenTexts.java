package io.distillstream.wire.tokens;

import io.distillstream.wire.entropy.MixedBits;
import io.distillstream.wire.entropy.SymbolCoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How tokens are spelt: byte by byte, each followed by whether the token goes on. */
final class TokenTexts {

  private static final int INPUTS = 7;
  private static final int SETS = 16;
  private static final int SLOT_BITS = 16;
  private static final int BYTE = 0xff;
  private static final int NONE = 256;
  private static final int PREFIX_HASH = 0x2f0b_4c47;

  private final MixedBits bits;
  private final int[] contexts = new int[INPUTS];

  TokenTexts() {
    this(new MixedBits(INPUTS, SETS, SLOT_BITS));
  }

  private TokenTexts(MixedBits bits) {
    this.bits = bits;
  }

  TokenTexts copy() {
    return new TokenTexts(bits.copy());
  }

  /**
   * Writes or reads a text.
   *
   * @param token null where it is read
   * @param kind its class
   * @param after last byte of the token that was chosen before
   * @param beside first byte after the blank of the alternative before
   */
  ByteBuffer code(
      SymbolCoder coder,
      @Nullable ByteBuffer token,
      int kind,
      int after,
      int beside,
      Budget budget) {
    byte[] bytes = new byte[16];
    int length = 0;
    int last = NONE;
    int last2 = NONE;
    int last3 = NONE;
    int prefix = kind;
    while (true) {
      int at = Math.min(length, 7);
      contexts[0] = length == 0 ? kind : TokenClass.COUNT;
      contexts[1] = last * 8 + (length < 2 ? kind : 0);
      contexts[2] = last * 257 + last2;
      contexts[3] = (last * 257 + last2) * 257 + last3;
      contexts[4] = prefix;
      contexts[5] = (beside * 257 + last) * 8 + at;
      contexts[6] = ((after * 257 + last) * 8 + at) * 8 + kind;
      int ends = token != null && length == token.remaining() ? 1 : 0;
      if (bits.code(coder, ends, contexts, 0, 8 + at) == 1) {
        return ByteBuffer.wrap(Arrays.copyOf(bytes, length)).asReadOnlyBuffer();
      }
      budget.spend(1);
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      int value = token == null ? 0 : token.get(token.position() + length) & BYTE;
      last3 = last2;
      last2 = last;
      last = bits.symbol(coder, value, Byte.SIZE, contexts, at);
      prefix = (prefix + last + 1) * PREFIX_HASH;
      prefix ^= prefix >>> 15;
      bytes[length] = (byte) last;
      length++;
    }
  }
}
