package io.distillstream.teacher.kind;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.classifier.TextClassifier;
import io.distillstream.teacher.classifier.TokenInput;
import io.distillstream.teacher.torch.TorchScriptModel;
import io.distillstream.teacher.torch.TorchScriptSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A text classifier in TorchScript, with the tokenizer and the labels it was trained with. */
public record TorchScriptClassifier(String id, TorchScriptSettings settings)
    implements TeacherSpec {

  private static final String KIND = "torchscript";

  private static final ClassifierKeys KEYS =
      new ClassifierKeys(
          KIND, "The classifier, a TorchScript file that torch.jit.save wrote, in PyTorch.");

  private static final Setting<List<String>> INPUTS =
      Setting.list(
              "teacher.torchscript.inputs",
              "input_ids,attention_mask",
              "What the model is given, in the order of the arguments of its forward: input_ids and"
                  + " perhaps attention_mask and token_type_ids.")
          .accepting(
              "input_ids, attention_mask and token_type_ids in any order, input_ids at least, each"
                  + " once at most",
              TorchScriptClassifier::areInputs);

  private static final Setting<String> OUTPUT =
      Setting.text(
          "teacher.torchscript.output",
          "",
          "What has a number for each label: a name in the dictionary that the model gives, or a"
              + " place in its tuple, from 0; empty: the tensor itself, a tuple's first, or a"
              + " dictionary's logits.");

  static List<Setting<?>> all() {
    return List.of(
        KEYS.model, KEYS.tokenizer, KEYS.labels, INPUTS, OUTPUT, KEYS.scores, KEYS.maxTokens);
  }

  private static boolean areInputs(List<String> names) {
    return names.contains(TokenInput.INPUT_IDS.inputName())
        && new HashSet<>(names).size() == names.size()
        && names.stream().allMatch(name -> TokenInput.named(name).isPresent());
  }

  /**
   * The classifier that the values describe.
   *
   * @throws InvalidSettingsException if a file is not named
   */
  static TorchScriptClassifier from(String id, Settings settings) {
    return new TorchScriptClassifier(
        id.isEmpty() ? KIND : id,
        new TorchScriptSettings(
            KEYS.from(settings),
            settings.get(INPUTS).stream().map(TokenInput::named).flatMap(Optional::stream).toList(),
            settings.get(OUTPUT)));
  }

  @Override
  public TeacherKind kind() {
    return TeacherKind.TORCHSCRIPT;
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
    return TorchScriptModel.open(id, settings);
  }
}
