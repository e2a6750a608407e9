package io.distillstream.wire.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.wire.entropy.RangeDecoder;
import io.distillstream.wire.entropy.RangeEncoder;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * The sample was written by the first release that had this coding. A model that would read or
 * write it otherwise would read no record of then.
 */
class SampleTest {

  @Test
  void shouldBeReadAndWrittenAsItWas() {
    ByteBuffer bytes = Sample.bytes();
    int count = bytes.getInt();
    byte[] stored = new byte[bytes.remaining()];
    bytes.duplicate().get(stored);
    TokenModel reading = new TokenModel();
    TokenModel writing = new TokenModel();
    TokenCoders decoder = TokenCoders.of(new RangeDecoder(bytes));
    RangeEncoder encoder = new RangeEncoder();
    int mentions = 0;
    for (int i = 0; i < count; i++) {
      TokenPosition position = new TokenPosition();
      reading.code(decoder, position, Budget.largest());
      mentions += position.size;
      writing.code(TokenCoders.of(encoder), position, Budget.largest());
    }
    assertThat(bytes.remaining()).isZero();
    assertThat(count).isEqualTo(438);
    assertThat(mentions).isEqualTo(64 * 438);
    assertThat(encoder.finish()).isEqualTo(stored);
  }

  @Test
  void shouldBeginAlikeForEachTable() {
    TokenModel first = Sample.model();
    byte[] once = coded(first);
    assertThat(coded(Sample.model())).isEqualTo(once);
    assertThat(coded(first)).isNotEqualTo(once);
  }

  private static byte[] coded(TokenModel model) {
    RangeEncoder encoder = new RangeEncoder();
    ByteBuffer[] tokens = {ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5})};
    TokenPosition position = new TokenPosition(1, 0, new int[] {9}, tokens, 200);
    model.code(TokenCoders.of(encoder), position, Budget.largest());
    return encoder.finish();
  }
}
