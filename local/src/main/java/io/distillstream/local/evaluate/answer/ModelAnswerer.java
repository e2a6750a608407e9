package io.distillstream.local.evaluate.answer;

import io.distillstream.device.inference.OnnxClassifier;
import io.distillstream.device.inference.UnusableModelException;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import java.nio.file.Path;
import java.util.List;

/** A model file, run as devices run theirs. Owns its session. */
final class ModelAnswerer implements Answerer {

  private final Role role;
  private final String description;
  private final OnnxClassifier classifier;

  private ModelAnswerer(Role role, String description, OnnxClassifier classifier) {
    this.role = role;
    this.description = description;
    this.classifier = classifier;
  }

  /** Opens a file, which is no longer needed afterwards. The caller closes the answerer. */
  @SuppressWarnings("MustBeClosedChecker") // Transferred to the answerer.
  static ModelAnswerer open(Role role, String description, Path file) {
    try {
      return new ModelAnswerer(role, description, OnnxClassifier.open(file));
    } catch (UnusableModelException e) {
      throw new CommandFailedException(
          "%s (%s) cannot be used: %s".formatted(role, description, e.getMessage()), e);
    }
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public LabelSpace labels() {
    return classifier.labels();
  }

  @Override
  public List<Answer> answer(List<String> texts) {
    return texts.stream().map(text -> Answer.ofLogits(classifier.logits(text))).toList();
  }

  @Override
  public void close() {
    classifier.close();
  }
}
