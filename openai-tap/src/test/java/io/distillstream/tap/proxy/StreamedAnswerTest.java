package io.distillstream.tap.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.tap.ScriptedModel;
import io.distillstream.tap.json.LogProbabilityEraser;
import io.distillstream.tap.json.LogProbabilityEraser.Form;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamedAnswerTest {

  private static final int LARGE = 1 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void shouldPassEveryByteButLogProbabilitiesWhereverTheStreamIsCut(String end) {
    byte[] with = ScriptedModel.stream(true, Form.ABSENT, end).getBytes(UTF_8);
    String without = ScriptedModel.stream(false, Form.ABSENT, end);
    for (long seed = 0; seed < 300; seed++) {
      StreamedAnswer answer = erasing();
      List<String> texts = new ArrayList<>();
      assertThat(pass(answer, with, new Random(seed), texts))
          .as("seed %d", seed)
          .isEqualTo(without);
      assertThat(texts)
          .startsWith(ScriptedModel.events(true, Form.ABSENT).toArray(new String[0]))
          .endsWith("not json");
    }
  }

  @Test
  void shouldPassALineAsSoonAsItIsWhole() {
    StreamedAnswer answer = erasing();
    assertThat(text(answer.take(bytes(": ping\n\ndata: {\"a\":")))).isEqualTo(": ping\n\n");
    assertThat(text(answer.take(bytes("1}\n")))).isEqualTo("data: {\"a\":1}\n");
    assertThat(text(answer.take(bytes("\n")))).isEqualTo("\n");
  }

  @Test
  void shouldPassWhatIsLeftAtTheEnd() {
    StreamedAnswer answer = erasing();
    assertThat(answer.take(bytes("data: {\"choices\":[{\"logprobs\":{}"))).isEmpty();
    assertThat(text(answer.end())).isEqualTo("data: {\"choices\":[{\"logprobs\":{}");
  }

  @Test
  void shouldPassLinesThatAreTooLongAsTheyAre() {
    StreamedAnswer answer = new StreamedAnswer(json -> new byte[0], 10);
    assertThat(text(answer.take(bytes("data: 12")))).isEmpty();
    assertThat(text(answer.take(bytes("34567")))).isEqualTo("data: 1234567");
    assertThat(text(answer.take(bytes("\ndata: 1\n")))).isEqualTo("\ndata: 1\n");
    assertThat(answer.texts()).isEmpty();
  }

  private static StreamedAnswer erasing() {
    return new StreamedAnswer(json -> LogProbabilityEraser.erase(json, Form.ABSENT), LARGE);
  }

  private static String pass(
      StreamedAnswer answer, byte[] bytes, Random random, List<String> texts) {
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 3 : 300));
      passed.writeBytes(answer.take(Arrays.copyOfRange(bytes, at, to)));
      answer.texts().forEach(text -> texts.add(text(text)));
      at = to;
    }
    passed.writeBytes(answer.end());
    return passed.toString(UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
