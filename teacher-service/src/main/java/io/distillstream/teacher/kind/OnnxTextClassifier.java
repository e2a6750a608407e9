package io.distillstream.teacher.kind;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.classifier.TextClassifier;
import io.distillstream.teacher.onnx.OnnxClassifier;
import io.distillstream.teacher.onnx.OnnxClassifierSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A text classifier in ONNX, with the tokenizer and the labels that it was trained with. */
public record OnnxTextClassifier(String id, OnnxClassifierSettings settings)
    implements TeacherSpec {

  private static final String KIND = "onnx-classifier";

  private static final ClassifierKeys KEYS =
      new ClassifierKeys(
          KIND,
          "The classifier, an ONNX file whose inputs are input_ids, attention_mask and perhaps"
              + " token_type_ids.");

  private static final Setting<String> OUTPUT =
      Setting.text(
          "teacher.onnx-classifier.output",
          "",
          "The output with a number for each label; empty: the model's first.");

  private static final Setting<Integer> THREADS =
      Setting.integer(
              "teacher.onnx-classifier.threads", 0, "Computation threads; 0: one per processor.")
          .between(0, 256);

  static List<Setting<?>> all() {
    return List.of(
        KEYS.model, KEYS.tokenizer, KEYS.labels, OUTPUT, KEYS.scores, KEYS.maxTokens, THREADS);
  }

  /**
   * The classifier that the values describe.
   *
   * @throws InvalidSettingsException if a file is not named
   */
  static OnnxTextClassifier from(String id, Settings settings) {
    int threads = settings.get(THREADS);
    return new OnnxTextClassifier(
        id.isEmpty() ? KIND : id,
        new OnnxClassifierSettings(
            KEYS.from(settings),
            settings.get(OUTPUT),
            threads == 0 ? Runtime.getRuntime().availableProcessors() : threads));
  }

  @Override
  public TeacherKind kind() {
    return TeacherKind.ONNX_CLASSIFIER;
  }

  @Override
  public Map<String, ModelLocation> files() {
    return KEYS.files(settings.classifier());
  }

  @Override
  public Optional<LabelSpace> labels() {
    return Optional.of(TextClassifier.labels(settings.classifier()));
  }

  @Override
  @MustBeClosed
  public Teacher open() {
    return OnnxClassifier.open(id, settings);
  }
}
