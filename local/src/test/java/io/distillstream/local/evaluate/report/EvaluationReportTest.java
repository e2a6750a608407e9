package io.distillstream.local.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.evaluate.answer.Role;
import io.distillstream.local.evaluate.report.EvaluationReport.Compared;
import io.distillstream.local.evaluate.report.EvaluationReport.Evaluated;
import io.distillstream.local.evaluate.score.PairedComparison;
import io.distillstream.local.evaluate.score.Scores;
import io.distillstream.model.LabelSpace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluationReportTest {

  @Test
  void shouldFitATerminalHoweverManyAndLongTheLabels() {
    List<String> lines = EvaluationText.of(report(60, "a_label_of_considerable_length_<", true));
    assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(96));
    assertThat(lines)
        .contains("  25 of 60 classes; --json and --html have all", "a note")
        .filteredOn(line -> line.startsWith("  artifact less student"))
        .containsExactly("  artifact less student           +0.0500         0.0357        9 : 4");
    // The heading, and the ten most frequent of the last model's twenty.
    int first = lines.indexOf(line(lines, "  most frequent confusions"));
    assertThat(lines.subList(first, lines.size())).hasSize(2 + 10 + 2);
  }

  @Test
  void shouldShowEveryClassOfAFew() {
    List<String> lines = EvaluationText.of(report(3, "c", true));
    assertThat(lines)
        .contains(
            "                 teacher             student             artifact",
            "  class support    prec   rec    F1    prec   rec    F1    prec   rec    F1");
    assertThat(line(lines, "  c0"))
        .isEqualTo(
            "  c0          1   1.000 1.000 1.000   1.000 1.000 1.000   0.500 1.000" + " 0.667");
  }

  @Test
  void shouldLeaveOutWhatNeedsLabels() {
    List<String> lines = EvaluationText.of(report(3, "c", false));
    assertThat(lines).noneMatch(line -> line.contains("prec") || line.contains("confusions"));
    assertThat(line(lines, "  student           3"))
        .isEqualTo("  student           3         -     1.0000     0.0000       -");
  }

  @Test
  void shouldWriteEveryFigureAsJson() throws Exception {
    JsonNode json = new ObjectMapper().readTree(EvaluationJson.of(report(3, "c", true)));
    assertThat(json.path("labelled").asInt()).isEqualTo(3);
    assertThat(json.at("/labels/2").asText()).isEqualTo("c2");
    JsonNode artifact = json.at("/models/artifact");
    assertThat(artifact.path("accuracy").asDouble()).isEqualTo(1.0 / 3);
    assertThat(artifact.path("confusion_matrix").toString()).isEqualTo("[[1,0,0],[1,0,0],[0,1,0]]");
    assertThat(artifact.at("/classes/c2/precision").isNull()).isTrue();
    assertThat(artifact.at("/classes/c2/recall").asDouble()).isZero();
    assertThat(json.at("/models/teacher/agreement_with_teacher").isNull()).isTrue();
    assertThat(json.at("/comparisons/0/only_second_right").asInt()).isEqualTo(4);
    assertThat(json.at("/notes/0").asText()).isEqualTo("a note");
  }

  @Test
  void shouldWriteOnePageThatNeedsNoOther() {
    String page = EvaluationHtml.of(report(3, "c<", true));
    assertThat(page)
        .startsWith("<!doctype html>")
        .contains("Evaluation on texts.csv", "a note", "Confusions of the artifact")
        .contains("<td class=\"heat6\" title=\"c&lt;1 → c&lt;0\">1</td>")
        .contains("all 2 confusions")
        .doesNotContain("c<1", "http://", "https://", "src=", "<link");
  }

  @Test
  void shouldListConfusionsThatAreTooManyToDraw() {
    assertThat(EvaluationHtml.of(report(200, "c", true)))
        .contains("all 199 confusions")
        .doesNotContain("class=\"heat");
  }

  /** Each class has one text; the artifact takes each but the first for the one before. */
  private static EvaluationReport report(int classes, String name, boolean labelled) {
    LabelSpace labels =
        new LabelSpace(IntStream.range(0, classes).mapToObj(label -> name + label).toList());
    Scores teacher = new Scores(classes);
    Scores student = new Scores(classes);
    Scores artifact = new Scores(classes);
    for (int label = 0; label < classes; label++) {
      OptionalInt truth = labelled ? OptionalInt.of(label) : OptionalInt.empty();
      Answer right = certain(label, classes);
      teacher.add(right, truth, Optional.empty());
      student.add(right, truth, Optional.of(right));
      artifact.add(certain(Math.max(0, label - 1), classes), truth, Optional.of(right));
    }
    return new EvaluationReport(
        "texts.csv",
        classes,
        labelled ? classes : 0,
        labels,
        List.of(
            new Evaluated(Role.TEACHER, "of some name, ".repeat(20), teacher),
            new Evaluated(Role.STUDENT, "the student", student),
            new Evaluated(Role.ARTIFACT, "the artifact", artifact)),
        labelled
            ? List.of(new Compared(Role.ARTIFACT, Role.STUDENT, new PairedComparison(100, 9, 4)))
            : List.of(),
        List.of("a note"));
  }

  private static Answer certain(int label, int classes) {
    double[] probabilities = new double[classes];
    Arrays.fill(probabilities, 0.1 / (classes - 1));
    probabilities[label] = 0.9;
    return Answer.ofProbabilities(probabilities);
  }

  private static String line(List<String> lines, String start) {
    return lines.stream().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
  }
}
