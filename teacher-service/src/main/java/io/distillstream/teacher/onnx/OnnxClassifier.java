package io.distillstream.teacher.onnx;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.TokenBatch;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.ScoreModel;
import io.distillstream.teacher.classifier.ScoreTable;
import io.distillstream.teacher.classifier.TextClassifier;
import java.util.List;

/** One output of an ONNX model as a classifier's scores. Owns the model. */
public final class OnnxClassifier implements ScoreModel {

  private final OnnxClassifierSettings settings;
  private final TokenModel model;
  private final String output;

  private OnnxClassifier(OnnxClassifierSettings settings, TokenModel model, String output) {
    this.settings = settings;
    this.model = model;
    this.output = output;
  }

  /**
   * Loads a classifier, and tries it out.
   *
   * @param id the teacher's name in soft labels
   * @throws TeacherException as {@link TextClassifier#open}
   */
  @MustBeClosed
  public static TextClassifier open(String id, OnnxClassifierSettings settings) {
    return TextClassifier.open(id, settings.classifier(), () -> load(settings));
  }

  @SuppressWarnings("MustBeClosedChecker") // Handed on.
  private static OnnxClassifier load(OnnxClassifierSettings settings) {
    TokenModel model =
        TokenModel.open("Classifier", settings.classifier().model(), settings.threads());
    List<String> outputs = model.outputs();
    String output = settings.output().isEmpty() ? outputs.get(0) : settings.output();
    if (!outputs.contains(output)) {
      model.close();
      throw new TeacherException(
          "%s has no output '%s'; it has %s".formatted(model, output, outputs));
    }
    return new OnnxClassifier(settings, model, output);
  }

  @Override
  public String sha256() {
    return model.sha256();
  }

  @Override
  public String use() {
    return settings.output();
  }

  @Override
  public String output() {
    return "output '%s'".formatted(output);
  }

  @Override
  public ScoreTable run(TokenBatch batch) {
    return model.run(
        batch,
        output,
        result -> {
          float[] values = new float[result.values().remaining()];
          result.values().get(values);
          return new ScoreTable(values, result.shape());
        });
  }

  @Override
  public void close() {
    model.close();
  }

  @Override
  public String toString() {
    return model.toString();
  }
}
