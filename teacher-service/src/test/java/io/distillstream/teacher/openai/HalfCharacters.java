package io.distillstream.teacher.openai;

import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import java.nio.ByteBuffer;
import java.util.List;

/** The answer é of a model whose tokens are single bytes, as servers tell them in {@code bytes}. */
final class HalfCharacters {

  private HalfCharacters() {}

  static List<ScoredToken> read() {
    ByteBuffer first = ByteBuffer.wrap(new byte[] {(byte) 0xc3});
    ByteBuffer acute = ByteBuffer.wrap(new byte[] {(byte) 0xa9});
    ByteBuffer umlaut = ByteBuffer.wrap(new byte[] {(byte) 0xb6});
    float certain = 0;
    return List.of(
        new ScoredToken(
            first, certain, List.of(new Alternative(first, certain)), Float.NEGATIVE_INFINITY),
        new ScoredToken(
            acute,
            (float) Math.log(0.7),
            List.of(
                new Alternative(acute, (float) Math.log(0.7)),
                new Alternative(umlaut, (float) Math.log(0.3))),
            Float.NEGATIVE_INFINITY));
  }
}
