package io.distillstream.local.labels.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.avro.DenseLogits;
import io.distillstream.avro.SoftLabel;
import io.distillstream.avro.TopKLogits;
import io.distillstream.trainer.loss.TopKTarget;
import io.distillstream.wire.payload.TopKCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that were written by hand, or by programs of others. */
class JsonRowsTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  @TempDir private Path folder;
  private static final String NAMES =
      RandomLabels.SPACE.labels().stream()
          .map(name -> "\"" + name.replace("\"", "\\\"") + "\"")
          .collect(Collectors.joining(","));

  private final List<LabelRow> rows = new ArrayList<>();
  private final List<String> bad = new ArrayList<>();

  @Test
  void shouldTakeProbabilitiesAsThePredictCallAnswersThem() throws Exception {
    Set<String> unused =
        read(
            "{\"text\":\"a dog\",\"teacher_id\":\"t\",\"colour\":1,"
                + "\"probabilities\":{\"art\":0.25,\"sport\":0.75}}");

    assertThat(bad).isEmpty();
    assertThat(unused).containsExactly("colour");
    LabelRow row = rows.get(0);
    assertThat(row.distribution().labels()).containsExactly("art", "sport");
    assertThat(row.distribution().probabilities())
        .containsExactly(new float[] {0.25f, 0.75f}, within(1e-5f));
    assertThat(row.distribution().tailLogMass()).isEqualTo((float) Math.log(1e-6));
    assertThat(row.distribution().answer()).isEqualTo("sport");
    assertThat(row.teacherVersion()).isEqualTo("unknown");
    assertThat(row.receivedAt()).isEqualTo(NOW);
  }

  @Test
  void shouldGiveTheSameTextTheSameId() throws Exception {
    String row = "{\"text\":\"a dog\",\"teacher_id\":\"t\",\"labels\":[\"art\"],\"logits\":[1]}";
    read(row + "\n\n" + row);

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).requestId()).startsWith("text-").isEqualTo(rows.get(1).requestId());
  }

  @Test
  void shouldLeaveToTheTailWhatProbabilitiesDoNotAddUpTo() throws Exception {
    read(row("\"labels\":[\"art\",\"sport\"],\"probabilities\":[0.5,0.25]"));

    NamedDistribution said = rows.get(0).distribution();
    assertThat(said.tailLogMass()).isEqualTo((float) Math.log(0.25));
    assertThat(said.probabilities()).containsExactly(0.5f, 0.25f);
  }

  @Test
  void shouldTakeAllClassesAsAWholeHoweverTheyAreRounded() throws Exception {
    read(row("\"labels\":[" + NAMES + "],\"probabilities\":[0.19,0.19,0.19,0.19,0.19]"));

    SoftLabel label = SoftLabelRows.record(rows.get(0), RandomLabels.SPACE);
    assertThat(label.getDistribution()).isInstanceOf(DenseLogits.class);
  }

  @Test
  void shouldTakeAHardLabelAndRefuseATailThatNoClassesCanHave() throws Exception {
    read(row("\"labels\":[\"art\"],\"probabilities\":[1]"));
    read(row("\"labels\":[\"art\",\"sport\"],\"probabilities\":[1,0]"));
    read(row("\"labels\":[\"art\"],\"probabilities\":[0.1]"));

    for (LabelRow row : rows.subList(0, 2)) {
      TopKLogits said =
          (TopKLogits) SoftLabelRows.record(row, RandomLabels.SPACE).getDistribution();
      TopKCodec.Decoded decoded = TopKCodec.decode(said, 1);
      // As the trainer reads it.
      assertThat(
              new TopKTarget(
                      said.getClasses(),
                      decoded.indices(),
                      decoded.logits(),
                      decoded.tailLogMass()[0])
                  .answer())
          .isEqualTo(RandomLabels.SPACE.indexOf("art"));
    }
    assertThat(problem(rows.get(2))).startsWith("'labels' leaves 4 classes a log-mass of");
  }

  @Test
  void shouldNameAnEmbeddingThatIsNone() throws Exception {
    read(row("\"labels\":[\"art\"],\"logits\":[1],\"embedding\":[0.5,1e39]"));

    assertThat(bad).singleElement().asString().contains("'embedding' has Infinity as number 2");
  }

  @Test
  void shouldNameWhatIsWrongAndGoOn() throws Exception {
    read(
        String.join(
            "\n",
            "{\"text\":",
            "[1]",
            "{\"teacher_id\":\"t\"}",
            "{\"text\":\" \",\"teacher_id\":\"t\"}",
            "{\"text\":7,\"teacher_id\":\"t\"}",
            "{\"text\":\"a\"}",
            row("\"labels\":[]"),
            row("\"labels\":[\"art\"]"),
            row("\"labels\":[\"art\",\"art\"],\"logits\":[1,2]"),
            row("\"labels\":[\"art\"],\"logits\":[1,2]"),
            row("\"labels\":[\"art\"],\"logits\":[\"one\"]"),
            row("\"labels\":[\"art\",\"sport\"],\"probabilities\":[0.7,0.7]"),
            row("\"labels\":[\"art\"],\"probabilities\":[-0.1]"),
            row("\"labels\":[\"art\"],\"logits\":[1],\"received_at\":\"yesterday\""),
            row("\"labels\":[\"art\"],\"logits\":[1],\"relabelled\":\"no\""),
            row("\"labels\":[\"art\"],\"logits\":[1]")));

    assertThat(rows).hasSize(1);
    assertThat(bad)
        .hasSize(15)
        .allMatch(line -> line.matches("line \\d+: .+"))
        .contains(
            "line 2: expected a JSON object",
            "line 3: 'text' is missing",
            "line 4: 'text' is blank",
            "line 5: 'text' has a number, expected a string",
            "line 6: 'teacher_id' is missing",
            "line 7: 'labels' is missing or empty; expected the names of classes",
            "line 8: expected 'logits', or 'probabilities' without them",
            "line 9: 'labels' names a class twice",
            "line 10: 'logits' has 2 numbers, expected one for each of the 1 'labels'",
            "line 11: 'logits' has a string, expected numbers",
            "line 12: 'probabilities' add up to 1.4000, expected 1 at most",
            "line 13: 'probabilities' has -0.1 for 'art', expected 0 to 1",
            "line 14: 'received_at' is 'yesterday', expected a time such as 2026-01-31T12:00:00Z",
            "line 15: 'relabelled' has a string, expected true or false");
    assertThat(bad.get(0)).startsWith("line 1: not JSON: ");
  }

  @Test
  void shouldSayWhichLabelsAreKnown() throws Exception {
    read(row("\"labels\":[\"art\",\"music\"],\"logits\":[1,2]"));
    read(row("\"labels\":[\"art\",\"sport\"],\"logits\":[1,2]"));

    assertThat(problem(rows.get(0)))
        .isEqualTo(
            "'music' is no label of the pipeline; accepted are sport, art, économie,"
                + " a \"quoted\", one, 日本");
    assertThat(problem(rows.get(1)))
        .startsWith("'labels' leaves out économie")
        .endsWith("expected all 5, or 'tail_log_mass', or 'probabilities' alone");
  }

  private static String problem(LabelRow row) {
    try {
      return "taken as " + SoftLabelRows.record(row, RandomLabels.SPACE);
    } catch (BadRowException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String row(String fields) {
    return "{\"text\":\"a dog\",\"teacher_id\":\"t\"," + fields + "}";
  }

  private Set<String> read(String lines) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), lines);
    return JsonRows.read(
        file,
        NOW,
        new RowSink() {
          @Override
          public void row(String place, LabelRow row) {
            rows.add(row);
          }

          @Override
          public void bad(String place, String problem) {
            bad.add(place + ": " + problem);
          }
        });
  }
}
