package io.distillstream.local.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.evaluate.answer.Answerer;
import io.distillstream.local.evaluate.answer.Role;
import io.distillstream.local.evaluate.report.EvaluationReport;
import io.distillstream.local.evaluate.report.EvaluationReport.Compared;
import io.distillstream.local.evaluate.score.PairedComparison;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import io.distillstream.text.TextFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

  private static final LabelSpace CAT_DOG = new LabelSpace(List.of("cat", "dog"));

  @TempDir private Path folder;

  @Test
  void shouldCompareModelsByTheNamesOfTheirClasses() throws Exception {
    Answerer teacher = new Always(Role.TEACHER, CAT_DOG, "cat");
    Answerer student = new Always(Role.STUDENT, new LabelSpace(List.of("dog", "cat")), "cat");
    Answerer artifact = new Always(Role.ARTIFACT, CAT_DOG, "dog");

    EvaluationReport report =
        new Evaluation(
                file("text,label\na,cat\nb,dog\nc,cat\nd,\n"), List.of(teacher, student, artifact))
            .run(done -> {}, List.of("a note"));

    assertThat(report.texts()).isEqualTo(4);
    assertThat(report.labelled()).isEqualTo(3);
    assertThat(report.notes()).containsExactly("a note");
    assertThat(report.models())
        .extracting(model -> model.scores().confusion().accuracy().orElseThrow())
        .containsExactly(2.0 / 3, 2.0 / 3, 1.0 / 3);
    assertThat(report.models())
        .extracting(model -> model.scores().agreement().orElse(-1))
        .containsExactly(-1.0, 1.0, 0.0);
    assertThat(report.comparisons())
        .containsExactly(
            new Compared(Role.STUDENT, Role.TEACHER, new PairedComparison(3, 0, 0)),
            new Compared(Role.ARTIFACT, Role.STUDENT, new PairedComparison(3, 1, 2)));
  }

  @Test
  void shouldTellProgressUpToTheEnd() throws Exception {
    StringBuilder told = new StringBuilder();
    new Evaluation(
            file("text\n" + "a\n".repeat(20)), List.of(new Always(Role.STUDENT, CAT_DOG, "cat")))
        .run(done -> told.append(done).append(' '), List.of());
    assertThat(told.toString()).isEqualTo("16 20 ");
  }

  @Test
  void shouldNameTheLineOfALabelThatNobodyKnows() throws Exception {
    LabelledFile file = file("text,label\na,cat\nb,bird\n");
    assertThatThrownBy(
            () -> new Evaluation(file, List.of(new Always(Role.STUDENT, CAT_DOG, "cat"))))
        .isInstanceOf(TextFileException.class)
        .hasMessageEndingWith("line 3: 'bird' is none of the 2 labels that the models know");
  }

  @Test
  void shouldRefuseModelsOfDifferentClasses() throws Exception {
    LabelledFile file = file("text,label\na,cat\n");
    Answerer teacher = new Always(Role.TEACHER, CAT_DOG, "cat");
    Answerer student = new Always(Role.STUDENT, new LabelSpace(List.of("cat", "cow")), "cat");
    assertThatThrownBy(() -> new Evaluation(file, List.of(teacher, student)))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("do not have the same labels");
  }

  @Test
  void shouldRefuseAFileWithoutTexts() {
    assertThatThrownBy(() -> file("text,label\n"))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageEndingWith("holds no texts");
  }

  private LabelledFile file(String csv) throws Exception {
    return LabelledFile.read(Files.writeString(folder.resolve("texts.csv"), csv));
  }

  /** A model that gives the same class whatever the text. */
  private record Always(Role role, LabelSpace labels, String answer) implements Answerer {

    @Override
    public String description() {
      return "always " + answer;
    }

    @Override
    public List<Answer> answer(List<String> texts) {
      double[] probabilities = new double[labels.size()];
      Arrays.fill(probabilities, 0.1 / (labels.size() - 1));
      probabilities[labels.indexOf(answer)] = 0.9;
      return texts.stream().map(text -> Answer.ofProbabilities(probabilities)).toList();
    }

    @Override
    public void close() {}
  }
}
