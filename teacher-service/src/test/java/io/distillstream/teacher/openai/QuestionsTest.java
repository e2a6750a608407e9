package io.distillstream.teacher.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.teacher.openai.AnswerSettings.Source;
import io.distillstream.teacher.openai.AnswerSettings.Untold;
import io.distillstream.teacher.openai.QuestionSettings.Api;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuestionsTest {

  private static final AnswerSettings SCORED =
      new AnswerSettings(Source.LOG_PROBABILITIES, 5, 4, 1, 0.9, 0.01, Untold.TAIL);
  private static final AnswerSettings DRAWN =
      new AnswerSettings(Source.TEXT, 5, 16, 3, 0.9, 0.01, Untold.TAIL);

  @Test
  void shouldAskForTheLabelsAndTheAlternatives() {
    assertThat(asked(question(Api.CHAT, "m", "be brief", "{labels}? {text}", "a=A", "{}"), SCORED))
        .isEqualTo(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},"
                + "{\"role\":\"user\",\"content\":\"A, b? so {labels} \\\"it\\\" $1 is\"}],"
                + "\"max_tokens\":4,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":5}");
  }

  @Test
  void shouldAskForCompletionsAndLetParametersWin() {
    String parameters = "{\"max_tokens\":null,\"temperature\":0.5,\"n_probs\":7}";
    assertThat(asked(question(Api.COMPLETIONS, "m", "", "{text}", "a", parameters), SCORED))
        .isEqualTo(
            "{\"model\":\"m\",\"prompt\":\"so {labels} \\\"it\\\" $1 is\",\"temperature\":0.5,"
                + "\"logprobs\":5,\"n_probs\":7}");
  }

  @Test
  void shouldDrawWhereSeveralAnswersAreWanted() {
    assertThat(asked(question(Api.CHAT, "m", "", "{text}", "a", "{}"), DRAWN))
        .contains("\"temperature\":1")
        .doesNotContain("logprobs");
  }

  @Test
  void shouldHaveAnotherVersionWheneverAnswersMayDiffer() {
    QuestionSettings question = question(Api.CHAT, "m", "", "{text}", "a", "{}");
    Set<String> versions = new HashSet<>();
    versions.add(new Questions(question, SCORED).version());
    versions.add(new Questions(question, DRAWN).version());
    for (QuestionSettings other :
        List.of(
            question(Api.COMPLETIONS, "m", "", "{text}", "a", "{}"),
            question(Api.CHAT, "n", "", "{text}", "a", "{}"),
            question(Api.CHAT, "m", "s", "{text}", "a", "{}"),
            question(Api.CHAT, "m", "", "{text}?", "a", "{}"),
            question(Api.CHAT, "m", "", "{text}", "a=c", "{}"),
            question(Api.CHAT, "m", "", "{text}", "a=a|c", "{}"),
            question(Api.CHAT, "m", "", "{text}", "a", "{\"seed\":1}"))) {
      versions.add(new Questions(other, SCORED).version());
    }

    assertThat(versions).hasSize(9).allMatch(version -> version.matches("[0-9a-f]{12}"));
    assertThat(versions).contains(new Questions(question, SCORED).version());
  }

  @Test
  void shouldRefuseAPromptWithoutAPlaceForTheText() {
    assertThatThrownBy(() -> new PromptTemplate("{labels}?")).hasMessageContaining("no {text}");
  }

  private static String asked(QuestionSettings question, AnswerSettings answer) {
    return new String(new Questions(question, answer).about("so {labels} \"it\" $1 is"), UTF_8);
  }

  private static QuestionSettings question(
      Api api, String model, String system, String prompt, String label, String parameters) {
    return new QuestionSettings(
        api,
        model,
        "",
        system,
        new PromptTemplate(prompt),
        Verbalizer.parse(List.of(label, "b")),
        parameters);
  }
}
