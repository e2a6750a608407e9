package io.distillstream.teacher.torch;

import io.distillstream.teacher.classifier.ClassifierSettings;
import io.distillstream.teacher.classifier.TokenInput;
import java.util.List;

/**
 * A text classifier in TorchScript.
 *
 * @param inputs what its {@code forward} takes, in the order of the arguments
 * @param output the name or place of what is read of its output; empty: as {@link SelectedOutput}
 *     says
 */
public record TorchScriptSettings(
    ClassifierSettings classifier, List<TokenInput> inputs, String output) {

  public TorchScriptSettings {
    inputs = List.copyOf(inputs);
  }
}
