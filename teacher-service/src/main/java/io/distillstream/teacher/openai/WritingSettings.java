package io.distillstream.teacher.openai;

import io.distillstream.teacher.openai.QuestionSettings.Api;
import io.distillstream.teacher.openai.call.BudgetSettings;
import io.distillstream.teacher.openai.call.Patience;
import io.distillstream.teacher.openai.call.ServerSettings;

/**
 * A language model that writes texts.
 *
 * @param model as the server knows it
 * @param parameters a JSON object of further fields of each request; null takes a field out
 */
public record WritingSettings(
    ServerSettings server,
    Api api,
    String model,
    WritingPrompt prompt,
    String parameters,
    Patience patience,
    BudgetSettings budget) {}
