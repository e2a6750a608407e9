package io.distillstream.acceptance.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.acceptance.labels.LabelledCluster.Outcome;
import io.distillstream.avro.SoftLabel;
import io.distillstream.embedded.ChildJvm;
import io.distillstream.local.Distillstream;
import io.distillstream.local.ForeignProgram;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.encoder.EncoderTeacher;
import io.distillstream.teacher.encoder.HeadFile;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Labels of a real broker, by the command line. */
@Timeout(300)
class LabelsIT {

  private static final LabelSpace SPACE =
      HeadFile.read(EncoderTeacher.WORDNET_HEAD).head().labels();
  private static final int ROWS = 60;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static LabelledCluster cluster;

  @BeforeAll
  static void start() {
    cluster = new LabelledCluster(folder);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void shouldImportOnceWhatItCanUse() throws Exception {
    Pipeline pipeline = new Pipeline("imported");
    List<String> rows = rows(ROWS);
    rows.add(3, "{\"text\":\"a dog\"}");
    rows.add("no JSON");
    Path file = write("imported.jsonl", rows);

    Outcome first = cluster.run(pipeline, "import", file.toString());

    assertThat(first.exitCode()).as(first.err()).isEqualTo(1);
    assertThat(first.err().lines())
        .hasSize(2)
        .anyMatch(line -> line.equals(file + ", line 4: 'teacher_id' is missing"))
        .anyMatch(line -> line.startsWith(file + ", line 62: not JSON: "));
    assertThat(figures(first)).containsExactly(62L, 60L, 0L, 0L, 2L);
    assertThat(cluster.ids(pipeline, Topics.REQUESTS)).containsExactlyInAnyOrderElementsOf(ids());
    assertThat(cluster.ids(pipeline, Topics.SOFT_LABELS))
        .containsExactlyInAnyOrderElementsOf(ids());
    assertThat(cluster.ids(pipeline, Topics.GROUND_TRUTH)).hasSize(ROWS / 2);

    Outcome again = cluster.run(pipeline, "import", file.toString());

    assertThat(figures(again)).containsExactly(62L, 0L, 0L, 60L, 2L);
    assertThat(cluster.ids(pipeline, Topics.SOFT_LABELS)).hasSize(ROWS);
    assertThat(cluster.isTidy()).isTrue();
  }

  @Test
  void shouldExportWhatIsImportedElsewhereAlike() throws Exception {
    Pipeline one = new Pipeline("exported");
    Pipeline other = new Pipeline("elsewhere");
    cluster.run(one, "import", write("elsewhere.jsonl", rows(ROWS)).toString());
    Path parquet = folder.resolve("labels.parquet");
    Path json = folder.resolve("labels.jsonl");
    Path back = folder.resolve("back.jsonl");

    assertThat(cluster.run(one, "export", parquet.toString()).out())
        .startsWith("60 labels in " + parquet);
    assertThat(cluster.run(one, "export", json.toString()).exitCode()).isZero();
    assertThat(cluster.run(one, "export", json.toString()).err())
        .contains("exists already, and is not replaced");
    Outcome imported = cluster.run(other, "import", parquet.toString());
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    cluster.run(other, "export", back.toString());

    assertThat(Files.readAllLines(back))
        .hasSize(ROWS)
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(json))
        .anyMatch(line -> line.contains("\"ground_truth\":\"" + SPACE.label(1) + "\""));
  }

  @Test
  void shouldHaveAnotherTeacherLabelTheLogBesideThePipeline() throws Exception {
    Pipeline pipeline = new Pipeline("relabelled");
    cluster.run(pipeline, "import", write("relabelled.jsonl", rows(ROWS)).toString());

    Outcome some = cluster.run(pipeline, "relabel", "--from", "2026-01-31T12:00:40Z");
    Outcome all = cluster.run(pipeline, "relabel");
    Outcome again = cluster.run(pipeline, "relabel", "--from", "2026-01-31");

    assertThat(some.out()).contains("labelled 20 texts; 0 had a label of this version already");
    assertThat(all.out()).contains("labelled 40 texts; 20 had a label of this version already");
    assertThat(again.out()).contains("labelled 0 texts; 60 had a label of this version already");
    List<SoftLabel> relabels = cluster.labels(pipeline, Topics.RELABELS);
    assertThat(relabels)
        .extracting(SoftLabel::getRequestId)
        .containsExactlyInAnyOrderElementsOf(ids());
    assertThat(relabels).extracting(SoftLabel::getTeacherId).doesNotContain("hand");
    assertThat(cluster.ids(pipeline, Topics.SOFT_LABELS)).hasSize(ROWS);

    Path file = folder.resolve("new-teacher.parquet");
    String teacher = relabels.get(0).getTeacherId();
    cluster.run(pipeline, "export", file.toString(), "--teacher", teacher);
    Pipeline fresh = new Pipeline("new-student");
    assertThat(figures(cluster.run(fresh, "import", file.toString()))).startsWith(60L, 60L, 0L, 0L);
    assertThat(cluster.labels(fresh, Topics.SOFT_LABELS))
        .extracting(SoftLabel::getTeacherId)
        .containsOnly(teacher)
        .hasSize(ROWS);
    assertThat(figures(cluster.run(new Pipeline("relabelled"), "import", file.toString())))
        .as("in the log already")
        .startsWith(60L, 0L, 0L, 60L);

    Path both = folder.resolve("both.jsonl");
    cluster.run(pipeline, "export", both.toString());
    assertThat(figures(cluster.run(new Pipeline("both"), "import", both.toString())))
        .as("later labels stay later ones")
        .startsWith(120L, 60L, 60L, 0L);

    String stats = cluster.run(pipeline, "stats").out();
    assertThat(stats.lines())
        .anyMatch(line -> line.matches("labels +120"))
        .anyMatch(line -> line.matches(" +first ones, learned +60"))
        .anyMatch(line -> line.matches(" +later ones \\(relabels\\) +60"))
        .anyMatch(line -> line.equals("teacher hand 1"))
        .anyMatch(line -> line.startsWith("teacher " + teacher + " "))
        .anyMatch(line -> line.matches(" +distribution: dense, 24 classes +48\\.0 +× 60"))
        .anyMatch(line -> line.matches(" +soft-labels +[0-9.]+ +× \\d+"));
  }

  @Test
  void shouldPublishEachLabelOnceAlthoughItIsKilled() throws Exception {
    Pipeline pipeline = new Pipeline("killed");
    int many = 25_000;
    Path file = write("many.jsonl", rows(many));
    killOnceSomeArePublished(pipeline, "import", file.toString());
    int published = cluster.ids(pipeline, Topics.SOFT_LABELS).size();
    assertThat(published).isBetween(1, many - 1);

    Outcome rest = cluster.run(pipeline, "import", file.toString());

    assertThat(figures(rest))
        .startsWith((long) many, (long) many - published, 0L, (long) published);
    for (var topic : List.of(Topics.REQUESTS, Topics.SOFT_LABELS)) {
      assertThat(cluster.ids(pipeline, topic)).hasSize(many).doesNotHaveDuplicates();
    }
    assertThat(cluster.ids(pipeline, Topics.RELABELS)).isEmpty();
  }

  private static void killOnceSomeArePublished(Pipeline pipeline, String... command)
      throws IOException {
    // Of its own: what is killed leaves its temporary files there.
    List<String> words = cluster.words(folder.resolve("killed"), pipeline, command);
    try (ChildJvm process =
        ChildJvm.start(Distillstream.class, List.of("-Xmx512m"), words, folder.resolve("output"))) {
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(20))
          .ignoreExceptions()
          .until(() -> !cluster.ids(pipeline, Topics.SOFT_LABELS).isEmpty());
      assertThat(process.isAlive()).as(process.output()).isTrue();
    }
  }

  @Test
  void shouldBeReadAndWrittenByPyArrow() throws Exception {
    String python = System.getenv().getOrDefault("PYARROW_PYTHON", "python3");
    ForeignProgram.require("PyArrow", "PYARROW_PYTHON", python, "-c", "import pyarrow.parquet");
    Pipeline pipeline = new Pipeline("pyarrow");
    cluster.run(pipeline, "import", write("pyarrow.jsonl", rows(ROWS)).toString());
    Path parquet = folder.resolve("for-pyarrow.parquet");
    Path foreign = folder.resolve("of-pyarrow.parquet");
    cluster.run(pipeline, "export", parquet.toString());

    ForeignProgram.Result read =
        ForeignProgram.run(
            List.of(
                python,
                ForeignProgram.script(LabelsIT.class, "pyarrow_labels.py", folder).toString(),
                parquet.toString(),
                foreign.toString()));

    assertThat(read.output().strip()).isEqualTo("60 rows, 30 with a true label");
    Outcome imported = cluster.run(new Pipeline("from-pyarrow"), "import", foreign.toString());
    assertThat(imported.err())
        .isEqualTo(
            foreign
                + ", row 61: 'labels' is missing or empty;"
                + " expected the names of classes\n");
    assertThat(figures(imported)).containsExactly(61L, 60L, 0L, 0L, 1L);
    assertThat(imported.out()).contains("not used: split");
    assertThat(cluster.labels(new Pipeline("from-pyarrow"), Topics.SOFT_LABELS))
        .extracting(SoftLabel::getDistribution)
        .containsExactlyInAnyOrderElementsOf(
            cluster.labels(pipeline, Topics.SOFT_LABELS).stream()
                .map(SoftLabel::getDistribution)
                .toList());
  }

  @Test
  void shouldSayInOneLineWhatIsWrong() throws Exception {
    Pipeline nobodys = new Pipeline("nobodys");
    Path text = Files.writeString(folder.resolve("text.parquet"), "no such file");

    assertFails(cluster.run(nobodys, "stats"), "There is no topic nobodys.soft-labels");
    assertFails(cluster.run(nobodys, "export", "labels.csv"), "ends in .parquet, .jsonl");
    assertFails(cluster.run(nobodys, "export", "nowhere/x.jsonl"), "there is no such folder");
    assertFails(cluster.run(nobodys, "import", "nowhere.jsonl"), "nowhere.jsonl is not there");
    assertFails(
        cluster.run(new Pipeline("text"), "import", text.toString()),
        "is no Parquet file that can be read");
    assertThat(cluster.run(nobodys, "export", "x.jsonl", "--from", "tomorrow").err())
        .startsWith("Invalid value for option '--from': 'tomorrow' is no time; accepted are");
  }

  private static void assertFails(Outcome outcome, String says) {
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).startsWith("error: ").contains(says);
  }

  /** Every other one has a true label; each is received a second after the one before. */
  private static List<String> rows(int count) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          ("{\"request_id\":\"id-%d\",\"text\":\"text number %d\",\"teacher_id\":\"hand\","
                  + "\"teacher_version\":\"1\",\"probabilities\":{\"%s\":0.5,\"%s\":0.25},"
                  + "\"received_at\":\"2026-01-31T12:%02d:%02dZ\"%s}")
              .formatted(
                  i,
                  i,
                  SPACE.label(i % SPACE.size()),
                  SPACE.label((i + 1) % SPACE.size()),
                  i / 60 % 60,
                  i % 60,
                  i % 2 == 0 ? "" : ",\"ground_truth\":\"" + SPACE.label(1) + "\""));
    }
    return rows;
  }

  private static List<String> ids() {
    return IntStream.range(0, ROWS).mapToObj(i -> "id-" + i).toList();
  }

  private static Path write(String name, List<String> rows) throws IOException {
    return Files.write(folder.resolve(name), rows);
  }

  /** Rows, labels of new requests, of labelled ones, known ones, and where there are, bad ones. */
  private static List<Long> figures(Outcome outcome) {
    return outcome
        .out()
        .lines()
        .filter(line -> line.matches(".* +[0-9,]+"))
        .flatMap(line -> Stream.of(line.replaceAll(".* ", "").replace(",", "")))
        .map(Long::valueOf)
        .toList();
  }
}
