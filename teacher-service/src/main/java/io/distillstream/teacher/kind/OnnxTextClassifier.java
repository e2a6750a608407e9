package io.distillstream.teacher.kind;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.onnx.OnnxClassifier;
import io.distillstream.teacher.onnx.OnnxClassifierSettings;
import io.distillstream.teacher.onnx.OnnxClassifierSettings.Scores;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A text classifier in ONNX, with the tokenizer and the labels that it was trained with. */
public record OnnxTextClassifier(String id, OnnxClassifierSettings settings)
    implements TeacherSpec {

  private static final String DEFAULT_ID = "onnx-classifier";

  private static final Setting<String> MODEL =
      Setting.text(
          "teacher.onnx-classifier.model",
          "",
          "The classifier, an ONNX file whose inputs are input_ids, attention_mask and perhaps"
              + " token_type_ids.");

  private static final Setting<String> TOKENIZER =
      Setting.text(
          "teacher.onnx-classifier.tokenizer",
          "",
          "Its tokenizer: a tokenizer.json of any kind, or a vocab.txt of uncased word pieces.");

  private static final Setting<String> LABELS =
      Setting.text(
          "teacher.onnx-classifier.labels",
          "",
          "Its labels: a config.json with id2label, or a file with one label a line, in the order"
              + " of its output.");

  private static final Setting<String> OUTPUT =
      Setting.text(
          "teacher.onnx-classifier.output",
          "",
          "The output with a number for each label; empty: the model's first.");

  private static final Setting<Scores> SCORES =
      Setting.oneOf(
          "teacher.onnx-classifier.scores",
          Scores.LOGITS,
          "What these numbers are; checked at the start.");

  private static final Setting<Integer> MAX_TOKENS =
      Setting.integer(
              "teacher.onnx-classifier.max-tokens",
              128,
              "Tokens of a text that are read; the rest is ignored.")
          .between(2, 65_536);

  private static final Setting<Integer> THREADS =
      Setting.integer(
              "teacher.onnx-classifier.threads", 0, "Computation threads; 0: one per processor.")
          .between(0, 256);

  static List<Setting<?>> all() {
    return List.of(MODEL, TOKENIZER, LABELS, OUTPUT, SCORES, MAX_TOKENS, THREADS);
  }

  /**
   * The classifier that the values describe.
   *
   * @throws InvalidSettingsException if a file is not named
   */
  static OnnxTextClassifier from(String id, Settings settings) {
    List<String> missing =
        Stream.of(MODEL, TOKENIZER, LABELS)
            .filter(setting -> settings.get(setting).isEmpty())
            .map(setting -> setting.key() + " is empty: teacher.kind = onnx-classifier needs it")
            .toList();
    if (!missing.isEmpty()) {
      throw new InvalidSettingsException(missing);
    }
    int threads = settings.get(THREADS);
    return new OnnxTextClassifier(
        id.isEmpty() ? DEFAULT_ID : id,
        new OnnxClassifierSettings(
            new ModelLocation(settings.get(MODEL)),
            new ModelLocation(settings.get(TOKENIZER)),
            new ModelLocation(settings.get(LABELS)),
            settings.get(OUTPUT),
            settings.get(SCORES),
            settings.get(MAX_TOKENS),
            threads == 0 ? Runtime.getRuntime().availableProcessors() : threads));
  }

  @Override
  public TeacherKind kind() {
    return TeacherKind.ONNX_CLASSIFIER;
  }

  @Override
  public Map<String, ModelLocation> files() {
    return Map.of(
        MODEL.key(),
        settings.model(),
        TOKENIZER.key(),
        settings.tokenizer(),
        LABELS.key(),
        settings.labels());
  }

  @Override
  public Optional<LabelSpace> labels() {
    return Optional.of(OnnxClassifier.labels(settings));
  }

  @Override
  @MustBeClosed
  public Teacher open() {
    return OnnxClassifier.open(id, settings);
  }
}
