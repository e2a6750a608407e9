package io.distillstream.tap.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.tap.ScriptedModel;
import io.distillstream.tap.json.LogProbabilityEraser.Form;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.TokenTableCodec;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecorderTest {

  private static final int LARGE = 1 << 20;
  private static final String ASKED =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi %s\"}],\"user\":\"bob\",\"temperature\":0.5}";
  private static final Redaction REDACTION =
      new Redaction(List.of(Redaction.Kind.values()), List.of(Pattern.compile("secret-\\d+")));

  @Test
  void shouldRecordWhatWasAskedAndAnswered() {
    Completion completion = whole(ScriptedModel.whole(true, Form.NULL));
    assertThat(completion.getText()).isEqualTo(ScriptedModel.TEXT);
    assertThat(completion.getFinishReason()).isEqualTo("stop");
    assertThat(completion.getModel()).isEqualTo("scripted");
    assertThat(completion.getUpstreamId()).isEqualTo("cmpl-1");
    assertThat(completion.getPrompt()).isEqualTo("[{\"role\":\"user\",\"content\":\"Hi there\"}]");
    assertThat(completion.getParameters()).isEqualTo("{\"temperature\":0.5}");
    assertThat(completion.getTokensUnusable()).isNull();
    assertModelsTokens(completion);
  }

  @Test
  void shouldRecordStreamsAsWholeAnswers() {
    Recorder recorder = recorder("there");
    ScriptedModel.events(true, Form.ABSENT).forEach(event -> recorder.add(event.getBytes(UTF_8)));
    Completion completion = only(recorder.finish(true, null));
    assertThat(completion.getText()).isEqualTo(ScriptedModel.TEXT);
    assertModelsTokens(completion);
  }

  @Test
  void shouldReadTheFormOfCompletions() {
    Completion completion =
        whole(
            """
            {"choices":[{"index":0,"text":"ab","finish_reason":"length","logprobs":{"tokens":["a","b"],
             "token_logprobs":[-0.5,-9999.0],"top_logprobs":[{"a":-0.5,"x":-1.5},{"y":-0.1}]}}]}""");
    assertThat(completion.getTokensUnusable()).isNull();
    List<ScoredToken> tokens = TokenTableCodec.decode(completion.getTokens());
    assertThat(text(tokens.get(1))).isEqualTo("b");
    assertThat(tokens.get(1).logProbability()).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(tokens.get(1).alternatives()).hasSize(1);
  }

  @Test
  void shouldAcceptTheTokenThatEndedTheText() {
    assertThat(
            whole(choice("stop", "ab", entry("ab", -1), entry("<end>", -0.1))).getTokensUnusable())
        .isNull();
    assertThat(
            whole(choice("length", "ab", entry("ab", -1), entry("<end>", -0.1)))
                .getTokensUnusable())
        .isEqualTo(TokensUnusable.MISALIGNED);
  }

  @Test
  void shouldTellWhyTokensAreOfNoUse() {
    assertThat(whole(choice("stop", "ab", entry("a", -1))).getTokensUnusable())
        .as("an entry was dropped")
        .isEqualTo(TokensUnusable.MISALIGNED);
    assertThat(whole(choice("stop", "a", entry("a", 0.5))).getTokensUnusable())
        .isEqualTo(TokensUnusable.INVALID);
    assertThat(whole(choice("stop", "a", "{\"token\":\"a\",\"logprob\":null}")).getTokensUnusable())
        .isEqualTo(TokensUnusable.INVALID);
    assertThat(whole(choice("stop", "a", "null")).getTokensUnusable())
        .isEqualTo(TokensUnusable.INVALID);
    assertThat(whole(choice("stop", "ab", pair("a", "b"), pair("b", "b"))).getTokensUnusable())
        .isEqualTo(TokensUnusable.REPEATED);
    assertThat(
            whole(
                    "{\"choices\":[{\"message\":{\"content\":\"a\"},\"logprobs\":null,\"finish_reason\":\"stop\"}]}")
                .getTokensUnusable())
        .isEqualTo(TokensUnusable.NONE_SENT);
    assertThat(
            whole(
                    "{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{}]},\"finish_reason\":\"tool_calls\"}]}")
                .getTokensUnusable())
        .isEqualTo(TokensUnusable.TOOL_CALLS);
    assertThat(whole(choice(null, "a", entry("a", -1))).getTokensUnusable())
        .isEqualTo(TokensUnusable.CUT_SHORT);
  }

  @Test
  void shouldKeepChoicesApartAndReasoningFromText() {
    Recorder recorder = recorder("there");
    for (String event :
        List.of(
            "{\"choices\":[{\"index\":1,\"delta\":{\"reasoning_content\":\"hm\",\"content\":null},\"logprobs\":null}]}",
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}},{\"index\":1,\"delta\":{\"content\":\"y\"}}]}",
            "{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[],\"usage\":{}}")) {
      recorder.add(event.getBytes(UTF_8));
    }
    List<Completion> completions = recorder.finish(true, null).completions(REDACTION, LARGE);
    assertThat(completions).extracting(Completion::getText).containsExactly("x", "y");
    assertThat(completions).extracting(Completion::getReasoning).containsExactly(null, "hm");
    assertThat(completions)
        .extracting(Completion::getExchangeId)
        .containsOnly(completions.get(0).getExchangeId());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write to ann.o'neill+x@mail.example.org now | write to [email] now",
        "call +49 (30) 1234-5678 or 030 1234567 | call [phone] or [phone]",
        "call 212-555-0187. | call [phone].",
        "card 4111 1111 1111 1111, not 4111 1111 1111 1112 | card [card], not 4111 1111 1111 1112",
        "in 2026-11-28 of 1,234,567 | in 2026-11-28 of 1,234,567",
        "secret-77 | [redacted]",
      })
  void shouldReplacePersonalData(String text, String redacted) {
    assertThat(REDACTION.begin().text(text)).isEqualTo(redacted);
  }

  @Test
  void shouldRecordNoTokensBesideRedactedText() {
    Recorder recorder = recorder("ann@example.org \\u0061nn\\u0040example.org");
    recorder.add(ScriptedModel.whole(true, Form.NULL).getBytes(UTF_8));
    Completion completion = only(recorder.finish(true, null));
    assertThat(completion.getPrompt()).contains("Hi [email] [email]");
    assertThat(completion.getRedactions()).isEqualTo(2);
    assertThat(completion.getTokens()).isNull();
    assertThat(completion.getTokensUnusable()).isEqualTo(TokensUnusable.REDACTED);
  }

  @Test
  void shouldSayWhatIsTooLarge() {
    Recorder recorder =
        new Recorder(CompletionEndpoint.CHAT, false, new byte[8], Instant.EPOCH, 20, memory(LARGE));
    recorder.add(choice("stop", "0123456789").getBytes(UTF_8));
    assertThat(recorder.finish(true, null).obstacle()).contains(Unrecorded.TOO_LARGE);
    Recorder fits = recorder("there");
    fits.add(ScriptedModel.whole(true, Form.NULL).getBytes(UTF_8));
    assertThat(fits.finish(true, null).completions(REDACTION, 120).get(0).getTokensUnusable())
        .isEqualTo(TokensUnusable.TOO_LARGE);
  }

  private static void assertModelsTokens(Completion completion) {
    List<ScoredToken> tokens = TokenTableCodec.decode(completion.getTokens());
    assertThat(tokens).extracting(RecorderTest::text).isEqualTo(ScriptedModel.TOKENS);
    double tail = 1 - Math.exp(-0.25) - Math.exp(-2.0) - Math.exp(-3.5);
    assertThat(tokens.get(0).alternatives()).hasSize(3);
    assertThat(Math.exp(tokens.get(0).tailLogMass())).isCloseTo(tail, within(0.003));
    assertThat(tokens.get(0).logProbability()).isCloseTo(-0.25f, within(0.01f));
  }

  private static Completion whole(String answer) {
    Recorder recorder = recorder("there");
    recorder.add(answer.getBytes(UTF_8));
    return only(recorder.finish(true, null));
  }

  @Test
  void shouldRecordNoMoreThanAllExchangesMayTakeAndGiveItBack() {
    RecordingMemory memory = new RecordingMemory(200);
    RecordingMemory.Part other = memory.part();
    assertThat(other.take(90)).isTrue();
    RecordingMemory.Part part = memory.part();
    assertThat(part.take(8)).isTrue();
    Recorder recorder =
        new Recorder(CompletionEndpoint.CHAT, false, new byte[8], Instant.EPOCH, LARGE, part);
    recorder.add(choice(null, "0123456789").getBytes(UTF_8));
    assertThat(memory.bytes()).isEqualTo(90 + 8 + 20);
    recorder.add(choice("stop", "x".repeat(50)).getBytes(UTF_8));

    Recorded recorded = recorder.finish(true, null);

    assertThat(recorded.obstacle()).contains(Unrecorded.MEMORY_FULL);
    recorded.free();
    assertThat(memory.bytes()).isEqualTo(90);
    assertThat(part.take(1)).as("what comes late").isFalse();
    part.need(1);
    other.free();
    other.free();
    assertThat(memory.bytes()).isZero();
  }

  private static RecordingMemory.Part memory(long bytes) {
    return new RecordingMemory(bytes).part();
  }

  private static Recorder recorder(String said) {
    byte[] request = ASKED.formatted(said).getBytes(UTF_8);
    return new Recorder(
        CompletionEndpoint.CHAT, false, request, Instant.EPOCH, LARGE, memory(LARGE));
  }

  private static Completion only(Recorded recorded) {
    List<Completion> completions = recorded.completions(REDACTION, LARGE);
    assertThat(completions).hasSize(1);
    return completions.get(0);
  }

  private static String choice(
      @org.jspecify.annotations.Nullable String reason, String text, String... entries) {
    return "{\"choices\":[{\"message\":{\"content\":\"%s\"},\"finish_reason\":%s,\"logprobs\":{\"content\":[%s]}}]}"
        .formatted(text, reason == null ? "null" : "\"" + reason + "\"", String.join(",", entries));
  }

  private static String entry(String token, double logProbability) {
    return "{\"token\":\"%s\",\"logprob\":%s,\"top_logprobs\":[]}".formatted(token, logProbability);
  }

  private static String pair(String token, String other) {
    return "{\"token\":\"%s\",\"logprob\":-1,\"top_logprobs\":[{\"token\":\"a\",\"logprob\":-1},{\"token\":\"%s\",\"logprob\":-2}]}"
        .formatted(token, other);
  }

  private static String text(ScoredToken token) {
    return UTF_8.decode(token.token().duplicate()).toString();
  }
}
