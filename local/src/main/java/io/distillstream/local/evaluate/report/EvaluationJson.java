package io.distillstream.local.evaluate.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distillstream.local.evaluate.report.EvaluationReport.Compared;
import io.distillstream.local.evaluate.report.EvaluationReport.Evaluated;
import io.distillstream.local.evaluate.score.ClassScore;
import io.distillstream.local.evaluate.score.ConfusionMatrix;
import io.distillstream.local.evaluate.score.PairedComparison;
import io.distillstream.local.evaluate.score.Scores;
import io.distillstream.model.LabelSpace;
import java.util.OptionalDouble;

/** An evaluation for machines. What is not known is null. */
public final class EvaluationJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private EvaluationJson() {}

  /** All of it, confusion matrices as rows of answers by label. */
  public static String of(EvaluationReport report) {
    ObjectNode json = JSON.createObjectNode();
    json.put("file", report.file());
    json.put("texts", report.texts());
    json.put("labelled", report.labelled());
    json.put("label_space", report.labels().fingerprint());
    ArrayNode labels = json.putArray("labels");
    report.labels().labels().forEach(labels::add);
    ObjectNode models = json.putObject("models");
    report
        .models()
        .forEach(model -> models.set(model.role().text(), model(model, report.labels())));
    ArrayNode comparisons = json.putArray("comparisons");
    report.comparisons().forEach(compared -> comparisons.add(comparison(compared)));
    ArrayNode notes = json.putArray("notes");
    report.notes().forEach(notes::add);
    return json.toPrettyString() + "\n";
  }

  private static ObjectNode model(Evaluated model, LabelSpace labels) {
    Scores scores = model.scores();
    ConfusionMatrix confusion = scores.confusion();
    ObjectNode json = JSON.createObjectNode();
    json.put("description", model.description());
    json.put("texts", scores.texts());
    json.put("labelled", confusion.total());
    put(json, "accuracy", confusion.accuracy());
    put(json, "agreement_with_teacher", scores.agreement());
    put(json, "mean_kl_from_teacher_nats", scores.meanDivergence());
    put(json, "expected_calibration_error", scores.expectedCalibrationError());
    ObjectNode classes = json.putObject("classes");
    ArrayNode matrix = json.putArray("confusion_matrix");
    for (int label = 0; label < labels.size(); label++) {
      classes.set(labels.label(label), scored(confusion.score(label)));
      ArrayNode row = matrix.addArray();
      for (int answer = 0; answer < labels.size(); answer++) {
        row.add(confusion.texts(label, answer));
      }
    }
    return json;
  }

  private static ObjectNode scored(ClassScore score) {
    ObjectNode json = JSON.createObjectNode();
    json.put("support", score.support());
    put(json, "precision", score.precision());
    put(json, "recall", score.recall());
    put(json, "f1", score.f1());
    put(json, "accuracy", score.accuracy());
    return json;
  }

  private static ObjectNode comparison(Compared compared) {
    PairedComparison comparison = compared.comparison();
    return JSON.createObjectNode()
        .put("first", compared.first().text())
        .put("second", compared.second().text())
        .put("texts", comparison.texts())
        .put("only_first_right", comparison.onlyFirst())
        .put("only_second_right", comparison.onlySecond())
        .put("accuracy_difference", comparison.difference())
        .put("standard_error", comparison.standardError());
  }

  private static void put(ObjectNode json, String field, OptionalDouble value) {
    // JSON knows no infinity, which the divergence can be.
    if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
      json.put(field, value.getAsDouble());
    } else {
      json.putNull(field);
    }
  }
}
