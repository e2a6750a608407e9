package io.distillstream.tap.sample;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokenTable;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.TokenTableCodec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Completions of a chat. */
final class Answered {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Answered() {}

  /**
   * A conversation, whose last message is the client's.
   *
   * @param messages those before it first, the client's and others' in turns
   */
  static Completion to(String... messages) {
    ArrayNode prompt = JSON.createArrayNode();
    for (int i = 0; i < messages.length; i++) {
      boolean client = (messages.length - 1 - i) % 2 == 0;
      prompt.addObject().put("role", client ? "user" : "assistant").put("content", messages[i]);
    }
    return of(prompt.toString(), "an answer", null);
  }

  /** An answer to anything. */
  static Completion label(String text) {
    return of("[]", text, null);
  }

  /** An answer of one token, of whose alternatives nothing is told. */
  static Completion scored(String prompt, double probability) {
    float log = (float) Math.log(probability);
    ByteBuffer token = ByteBuffer.wrap("an answer".getBytes(UTF_8));
    return of(
        "[{\"role\":\"user\",\"content\":\"%s\"}]".formatted(prompt),
        "an answer",
        TokenTableCodec.encode(List.of(new ScoredToken(token, log, List.of(), 0))));
  }

  static Completion after(Completion completion, Duration time) {
    return Completion.newBuilder(completion)
        .setAnsweredAt(completion.getAnsweredAt().plus(time))
        .build();
  }

  private static Completion of(String prompt, String text, @Nullable TokenTable tokens) {
    return new Completion(
        "exchange",
        0,
        CompletionEndpoint.CHAT,
        false,
        "model",
        "",
        prompt,
        "{\"temperature\":0.5}",
        text,
        null,
        "stop",
        0,
        tokens,
        null,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
