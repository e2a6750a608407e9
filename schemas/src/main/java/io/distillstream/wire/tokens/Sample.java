package io.distillstream.wire.tokens;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.distillstream.wire.entropy.RangeDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * A table that every model has seen before it sees its own: some tokens of a language model, in
 * several languages. Without it, short completions would consist of tokens that were never seen.
 */
final class Sample {

  /** Base64 of the number of tokens in four bytes, and of what a model without a sample codes. */
  private static final String RESOURCE = "sample.b64";

  private static final TokenModel SEEN = read();

  private Sample() {}

  /** One that has seen the sample. */
  static TokenModel model() {
    return SEEN.copy();
  }

  private static TokenModel read() {
    TokenModel model = new TokenModel();
    ByteBuffer bytes = bytes();
    int count = bytes.getInt();
    TokenCoders coders = TokenCoders.of(new RangeDecoder(bytes));
    Budget budget = Budget.largest();
    for (int i = 0; i < count; i++) {
      model.code(coders, new TokenPosition(), budget);
    }
    return model;
  }

  static ByteBuffer bytes() {
    try (InputStream in = Sample.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + RESOURCE + " is missing");
      }
      String text = new String(in.readAllBytes(), US_ASCII);
      return ByteBuffer.wrap(Base64.getMimeDecoder().decode(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
