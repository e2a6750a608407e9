package io.distillstream.teacher.openai;

import io.distillstream.teacher.openai.call.BudgetSettings;
import io.distillstream.teacher.openai.call.Patience;
import io.distillstream.teacher.openai.call.ServerSettings;

/**
 * A language model as a teacher.
 *
 * @param rememberedTexts whose answers are kept, so that they are not asked for again
 */
public record OpenAiSettings(
    ServerSettings server,
    QuestionSettings question,
    AnswerSettings answer,
    Patience patience,
    BudgetSettings budget,
    int rememberedTexts) {

  /** Names what answers, as it goes into soft labels. */
  public String version() {
    return new Questions(question, answer).version();
  }
}
