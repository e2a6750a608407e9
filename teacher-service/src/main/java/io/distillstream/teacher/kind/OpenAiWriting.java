package io.distillstream.teacher.kind;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.openai.WritingPrompt;
import io.distillstream.teacher.openai.WritingSettings;
import io.distillstream.teacher.openai.call.ApiKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * The server of {@code teacher.openai.*} as one that writes texts, whatever {@code teacher.kind}
 * says: address, model, key, parameters, repetition and budget are the same.
 */
public final class OpenAiWriting {

  private OpenAiWriting() {}

  /**
   * What the values say.
   *
   * @throws InvalidSettingsException with everything that is wrong with them
   */
  public static WritingSettings from(Settings settings, WritingPrompt prompt) {
    List<String> problems = new ArrayList<>();
    URI url = settings.get(OpenAiKeys.URL).orElse(URI.create("http://nowhere.invalid"));
    if (settings.get(OpenAiKeys.URL).isEmpty()) {
      problems.add(OpenAiKeys.URL.key() + " is empty: a language model that writes texts needs it");
    }
    String model = settings.get(OpenAiKeys.MODEL);
    if (model.isEmpty()) {
      problems.add(
          OpenAiKeys.MODEL.key() + " is empty: a language model that writes texts needs it");
    }
    OpenAiCallKeys.problem(settings).ifPresent(problems::add);
    ApiKey key = ApiKey.NONE;
    try {
      key = OpenAiKeys.key(settings);
    } catch (IllegalArgumentException | TeacherException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new WritingSettings(
        OpenAiCallKeys.server(settings, url, settings.get(OpenAiKeys.API).path(), key),
        settings.get(OpenAiKeys.API),
        model,
        prompt,
        settings.get(OpenAiKeys.PARAMETERS),
        OpenAiCallKeys.patience(settings),
        OpenAiCallKeys.budget(settings));
  }
}
