package io.distillstream.tap.journal;

import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokensUnusable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/** Completions for tests. */
public final class TestCompletions {

  private TestCompletions() {}

  /** One whose exchange has this id, as a journal takes it. */
  public static ByteBuffer encoded(int id) throws IOException {
    Completion completion =
        new Completion(
            Integer.toString(id),
            0,
            CompletionEndpoint.CHAT,
            false,
            "m",
            "",
            "[]",
            "{}",
            "text ".repeat(20),
            null,
            "stop",
            0,
            null,
            TokensUnusable.NONE_SENT,
            Instant.EPOCH,
            Instant.EPOCH,
            Instant.EPOCH);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(Completion.class).write(completion, encoder);
    encoder.flush();
    return ByteBuffer.wrap(bytes.toByteArray());
  }
}
