package io.distillstream.teacher.kind;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.openai.AnswerSettings;
import io.distillstream.teacher.openai.AnswerSettings.Source;
import io.distillstream.teacher.openai.AnswerSettings.Untold;
import io.distillstream.teacher.openai.OpenAiSettings;
import io.distillstream.teacher.openai.PromptTemplate;
import io.distillstream.teacher.openai.QuestionSettings;
import io.distillstream.teacher.openai.QuestionSettings.Api;
import io.distillstream.teacher.openai.Verbalizer;
import io.distillstream.teacher.openai.call.ApiKey;
import io.distillstream.teacher.openai.call.ServerSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of {@link OpenAiClassifier}: whom it asks what, and how it reads the answers. */
final class OpenAiKeys {

  private static final String DEFAULT_PROMPT =
      "Which of these labels fits the text best? Answer with one of them and nothing else: {labels}."
          + "\n\nText: {text}\n\nLabel:";

  static final Setting<Optional<URI>> URL =
      Setting.server(
          "teacher.openai.url",
          "The OpenAI-compatible server that is asked, such as http://127.0.0.1:8000 or"
              + " https://api.openai.com/v1.");

  static final Setting<Api> API =
      Setting.oneOf(
          "teacher.openai.api",
          Api.CHAT,
          "Its endpoint: chat completions, or completions for models without a chat template.");

  static final Setting<String> MODEL =
      Setting.text(
          "teacher.openai.model", "", "The model, by the name that the server has for it.");

  private static final Setting<String> REVISION =
      Setting.text(
          "teacher.openai.revision",
          "",
          "Tells apart what goes by the same model name, such as a digest of the weights; part of"
              + " the teacher's version.");

  private static final Setting<String> API_KEY =
      Setting.text("teacher.openai.api-key", "", "The key that the server knows its caller by.")
          .asSecret();

  private static final Setting<String> API_KEY_FILE =
      Setting.text("teacher.openai.api-key-file", "", "The file that holds that key instead.");

  private static final Setting<List<String>> LABELS =
      Setting.list(
          "teacher.openai.labels",
          "",
          "The labels, each with the words that stand for it in answers unless it is its own word:"
              + " sport, economy=economy|business|money.");

  private static final Setting<String> LABELS_FILE =
      Setting.text(
          "teacher.openai.labels-file", "", "A file of labels instead, one a line in that form.");

  private static final Setting<String> PROMPT =
      Setting.text(
          "teacher.openai.prompt",
          "",
          "What the model is asked: {text} stands for the text, {labels} for the first word of each"
              + " label; empty: a plain question.");

  private static final Setting<String> PROMPT_FILE =
      Setting.text("teacher.openai.prompt-file", "", "A file that holds the prompt instead.");

  private static final Setting<String> SYSTEM =
      Setting.text(
          "teacher.openai.system", "", "What the model is told before the prompt; empty: nothing.");

  static final Setting<String> PARAMETERS =
      Setting.text(
              "teacher.openai.parameters",
              "{}",
              "A JSON object of further fields for each request; null takes out a field that is"
                  + " sent otherwise.")
          .accepting("a JSON object", QuestionSettings::areParameters);

  private static final Setting<Source> ANSWERS =
      Setting.oneOf(
          "teacher.openai.answers",
          Source.LOG_PROBABILITIES,
          "What is read of answers: the log-probabilities of the first tokens, or the text alone,"
              + " which gives hard labels.");

  private static final Setting<Integer> TOP_LOGPROBS =
      Setting.integer(
              "teacher.openai.top-logprobs",
              20,
              "Alternatives with their log-probabilities that are asked for of each token; many"
                  + " servers give 20 at most.")
          .between(1, 1_000);

  private static final Setting<Integer> ANSWER_TOKENS =
      Setting.integer(
              "teacher.openai.answer-tokens",
              4,
              "The most tokens of an answer; those after the first count where several labels' words"
                  + " begin with the same token, and where the text is read.")
          .between(1, 4_096);

  private static final Setting<Integer> SAMPLES =
      Setting.integer(
              "teacher.openai.samples",
              1,
              "Answers to each text where the text alone is read: 1 at temperature 0 is a hard"
                  + " label; of more, at temperature 1, the shares are the soft label.")
          .between(1, 100);

  private static final Setting<Double> CERTAINTY =
      Setting.decimal(
              "teacher.openai.certainty",
              0.9,
              "Probability of the label that a single answer names, where the text alone is read.")
          .between(0.01, 1.0);

  private static final Setting<Double> MIN_LABEL_SHARE =
      Setting.decimal(
              "teacher.openai.min-label-share",
              0.01,
              "Share of the model's probability that all labels together must have; a text below it"
                  + " gets no soft label.")
          .between(0.0, 1.0);

  private static final Setting<Untold> UNTOLD_LABELS =
      Setting.oneOf(
          "teacher.openai.untold-labels",
          Untold.TAIL,
          "What labels get that are not among the alternatives: their mass together as the tail of"
              + " a top-k soft label, or an equal share of it each.");

  private static final Setting<Integer> REMEMBERED_TEXTS =
      Setting.integer(
              "teacher.openai.remembered-texts",
              1_024,
              "Texts whose answers are remembered, so that the same text is not asked about again;"
                  + " 0: none.")
          .between(0, 1_000_000);

  private OpenAiKeys() {}

  static List<Setting<?>> all() {
    return Stream.of(
            List.of(URL, API, MODEL, REVISION, API_KEY, API_KEY_FILE, LABELS, LABELS_FILE),
            List.of(PROMPT, PROMPT_FILE, SYSTEM, PARAMETERS, ANSWERS, TOP_LOGPROBS, ANSWER_TOKENS),
            List.of(SAMPLES, CERTAINTY, MIN_LABEL_SHARE, UNTOLD_LABELS, REMEMBERED_TEXTS),
            OpenAiCallKeys.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * The values, and what is in the files that they name.
   *
   * @throws InvalidSettingsException with everything that is wrong with them
   */
  static OpenAiSettings from(Settings settings) {
    Reading reading = new Reading(settings);
    URI url = reading.get(() -> required(settings.get(URL), URL));
    String model =
        reading.get(
            () -> required(Optional.of(settings.get(MODEL)).filter(m -> !m.isEmpty()), MODEL));
    ApiKey key = reading.get(() -> key(settings));
    Verbalizer verbalizer = reading.get(reading::labels);
    PromptTemplate prompt = reading.get(reading::prompt);
    OpenAiCallKeys.problem(settings).ifPresent(reading.problems::add);
    if (verbalizer != null && settings.get(CERTAINTY) * verbalizer.labels().size() <= 1) {
      reading.problems.add(
          "%s is %s: the label that is named would not be the most probable one of %d; above %.3f"
                  .formatted(
                      CERTAINTY.key(),
                      settings.get(CERTAINTY),
                      verbalizer.labels().size(),
                      1.0 / verbalizer.labels().size())
              + " is accepted");
    }
    if (url == null
        || model == null
        || key == null
        || verbalizer == null
        || prompt == null
        || !reading.problems.isEmpty()) {
      throw new InvalidSettingsException(reading.problems);
    }
    ServerSettings server = OpenAiCallKeys.server(settings, url, settings.get(API).path(), key);
    return new OpenAiSettings(
        server,
        new QuestionSettings(
            settings.get(API),
            model,
            settings.get(REVISION),
            settings.get(SYSTEM),
            prompt,
            verbalizer,
            settings.get(PARAMETERS)),
        new AnswerSettings(
            settings.get(ANSWERS),
            settings.get(TOP_LOGPROBS),
            settings.get(ANSWER_TOKENS),
            settings.get(SAMPLES),
            settings.get(CERTAINTY),
            settings.get(MIN_LABEL_SHARE),
            settings.get(UNTOLD_LABELS)),
        OpenAiCallKeys.patience(settings),
        OpenAiCallKeys.budget(settings),
        settings.get(REMEMBERED_TEXTS));
  }

  /**
   * What the server knows its caller by.
   *
   * @throws IllegalArgumentException if it is given twice
   * @throws TeacherException if it cannot be read or sent
   */
  static ApiKey key(Settings settings) {
    String file = settings.get(API_KEY_FILE);
    String key = settings.get(API_KEY);
    if (!file.isEmpty() && !key.isEmpty()) {
      throw both(API_KEY, API_KEY_FILE);
    }
    return file.isEmpty() ? ApiKey.of(key) : ApiKey.read(Path.of(file));
  }

  private static <T> T required(Optional<T> value, Setting<?> setting) {
    return value.orElseThrow(
        () ->
            new IllegalArgumentException(
                setting.key() + " is empty: teacher.kind = openai needs it"));
  }

  /** Collects what is wrong. */
  private static final class Reading {

    final Settings settings;
    final List<String> problems = new ArrayList<>();

    Reading(Settings settings) {
      this.settings = settings;
    }

    <T> @Nullable T get(Supplier<T> value) {
      try {
        return value.get();
      } catch (IllegalArgumentException | TeacherException e) {
        problems.add(String.valueOf(e.getMessage()));
        return null;
      }
    }

    Verbalizer labels() {
      List<String> items = settings.get(LABELS);
      if (!items.isEmpty() && !settings.get(LABELS_FILE).isEmpty()) {
        throw both(LABELS, LABELS_FILE);
      }
      boolean fromFile = !settings.get(LABELS_FILE).isEmpty();
      if (items.isEmpty() && !fromFile) {
        throw new IllegalArgumentException(
            "%s and %s are empty: teacher.kind = openai needs one of them"
                .formatted(LABELS.key(), LABELS_FILE.key()));
      }
      List<String> lines = fromFile ? file(LABELS_FILE, text -> text.lines().toList()) : items;
      return named(
          fromFile ? LABELS_FILE : LABELS,
          () -> Verbalizer.parse(lines.stream().filter(line -> !line.isBlank()).toList()));
    }

    PromptTemplate prompt() {
      String prompt = settings.get(PROMPT);
      if (!settings.get(PROMPT_FILE).isEmpty()) {
        if (!prompt.isEmpty()) {
          throw both(PROMPT, PROMPT_FILE);
        }
        return named(PROMPT_FILE, () -> new PromptTemplate(file(PROMPT_FILE, Function.identity())));
      }
      return named(PROMPT, () -> new PromptTemplate(prompt.isEmpty() ? DEFAULT_PROMPT : prompt));
    }

    private <T> T file(Setting<String> setting, Function<String, T> reading) {
      String file = settings.get(setting);
      try {
        return reading.apply(Files.readString(Path.of(file)));
      } catch (IOException e) {
        String why = e instanceof NoSuchFileException ? "no such file" : "cannot be read: " + e;
        throw new TeacherException("%s = '%s': %s".formatted(setting.key(), file, why), e);
      }
    }

    private static <T> T named(Setting<?> setting, Supplier<T> value) {
      try {
        return value.get();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(setting.key() + ": " + e.getMessage(), e);
      }
    }
  }

  private static IllegalArgumentException both(Setting<?> one, Setting<?> other) {
    return new IllegalArgumentException(
        "%s and %s are both set: expected one of them".formatted(one.key(), other.key()));
  }
}
