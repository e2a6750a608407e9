package io.distillstream.teacher.kind;

import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.classifier.ClassifierSettings;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The settings that classifiers of texts have in common, below the prefix of their kind. */
final class ClassifierKeys {

  private final String kind;
  final Setting<String> model;
  final Setting<String> tokenizer;
  final Setting<String> labels;
  final Setting<Scores> scores;
  final Setting<Integer> maxTokens;

  /**
   * @param kind as {@code teacher.kind} names it
   * @param modelDoc what the model's file is
   */
  ClassifierKeys(String kind, String modelDoc) {
    this.kind = kind;
    String prefix = "teacher." + kind;
    model = Setting.text(prefix + ".model", "", modelDoc);
    tokenizer =
        Setting.text(
            prefix + ".tokenizer",
            "",
            "Its tokenizer: a tokenizer.json of any kind, or a vocab.txt of uncased word pieces.");
    labels =
        Setting.text(
            prefix + ".labels",
            "",
            "Its labels: a config.json with id2label, or a file with one label a line, in the order"
                + " of its output.");
    scores =
        Setting.oneOf(
            prefix + ".scores", Scores.LOGITS, "What these numbers are; checked at the start.");
    maxTokens =
        Setting.integer(
                prefix + ".max-tokens", 128, "Tokens of a text that are read; the rest is ignored.")
            .between(2, 65_536);
  }

  /**
   * The classifier that the values describe.
   *
   * @throws InvalidSettingsException if a file is not named
   */
  ClassifierSettings from(Settings settings) {
    List<String> missing =
        Stream.of(model, tokenizer, labels)
            .filter(setting -> settings.get(setting).isEmpty())
            .map(
                setting -> "%s is empty: teacher.kind = %s needs it".formatted(setting.key(), kind))
            .toList();
    if (!missing.isEmpty()) {
      throw new InvalidSettingsException(missing);
    }
    return new ClassifierSettings(
        kind,
        new ModelLocation(settings.get(model)),
        new ModelLocation(settings.get(tokenizer)),
        new ModelLocation(settings.get(labels)),
        settings.get(scores),
        settings.get(maxTokens));
  }

  /** As {@link TeacherSpec#files}. */
  Map<String, ModelLocation> files(ClassifierSettings settings) {
    return Map.of(
        model.key(),
        settings.model(),
        tokenizer.key(),
        settings.tokenizer(),
        labels.key(),
        settings.labels());
  }
}
