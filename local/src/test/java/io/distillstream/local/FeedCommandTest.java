package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTexts;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a pipeline gets of a file, and what the terminal says, through the command line. */
@Timeout(120)
class FeedCommandTest {

  private static final int TEXTS = 600;
  private static final int LABELS = 6;

  private record Outcome(int exitCode, String out, String err) {}

  @TempDir private Path folder;
  private PredictStub teacher;

  @SuppressWarnings("NullAway.Init") // JUnit and each test's start set the fields.
  FeedCommandTest() {}

  @BeforeEach
  void start() throws Exception {
    teacher = new PredictStub();
  }

  @AfterEach
  void stop() {
    teacher.close();
  }

  @Test
  void shouldSendAFileAsItIs() throws Exception {
    Outcome outcome = feed(inLabelOrder("labelled.csv"));

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(teacher.all("texts")).containsExactlyElementsOf(texts());
    assertThat(teacher.all("ground_truths")).startsWith("label-0").endsWith("label-5");
    assertThat(outcome.out()).contains("accepted 600 requests");
  }

  @Test
  void shouldTellOnceThatLabelsComeInRuns() throws Exception {
    Outcome outcome = feed(inLabelOrder("labelled.csv"));

    assertThat(outcome.out().lines())
        .containsOnlyOnce(
            "labels come in runs: mean run 100 texts of 6 labels in the first 600; --shuffle mixes"
                + " them");
  }

  @Test
  void shouldMixAFileByItsSeed() throws Exception {
    Path file = inLabelOrder("labelled.csv");

    Outcome outcome = feed(file, "--shuffle");
    List<String> first = teacher.all("texts");
    feed(file, "--shuffle");
    List<String> again = teacher.all("texts").subList(TEXTS, 2 * TEXTS);
    feed(file, "--shuffle", "--seed", "2");
    List<String> other = teacher.all("texts").subList(2 * TEXTS, 3 * TEXTS);

    assertThat(first).containsExactlyInAnyOrderElementsOf(texts()).isNotEqualTo(texts());
    assertThat(again).isEqualTo(first);
    assertThat(other).containsExactlyInAnyOrderElementsOf(texts()).isNotEqualTo(first);
    assertThat(outcome.out()).doesNotContain("labels come in runs", "--shuffle-buffer");
  }

  @Test
  void shouldSayWhatASmallBufferDoesNotMix() throws Exception {
    Outcome outcome = feed(inLabelOrder("labelled.csv"), "--shuffle", "--shuffle-buffer", "10");

    assertThat(teacher.all("texts")).containsExactlyInAnyOrderElementsOf(texts());
    assertThat(outcome.out())
        .containsOnlyOnce("--shuffle mixes 10 texts at a time, and there are more")
        .containsOnlyOnce("in the first 600; a larger --shuffle-buffer mixes them");
  }

  @Test
  void shouldSendEachPassUnderIdsOfItsOwn() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("ids.jsonl"),
            """
            {"text": "a", "request_id": "r"}
            {"text": "b"}
            """);

    feed(file, "--repeat", "3");

    assertThat(teacher.all("texts")).containsExactly("a", "b", "a", "b", "a", "b");
    assertThat(teacher.all("request_ids"))
        .doesNotHaveDuplicates()
        .containsSubsequence("r", "r#2", "r#3");
  }

  @Test
  void shouldHoldOutAShareAndSendTheRestInEveryPass() throws Exception {
    Path file = inLabelOrder("labelled.csv");
    Path heldOut = folder.resolve("held-out.csv");

    Outcome outcome =
        feed(
            file,
            "--hold-out",
            "0.2",
            "--hold-out-file",
            heldOut.toString(),
            "--repeat",
            "2",
            "--shuffle");

    List<LabelledText> kept = read(heldOut);
    List<String> keptTexts = kept.stream().map(LabelledText::text).toList();
    assertThat(keptTexts).hasSizeBetween(90, 150).doesNotHaveDuplicates();
    assertThat(kept).allSatisfy(text -> assertThat(text.label()).isPresent());
    assertThat(teacher.all("texts")).hasSize(2 * (TEXTS - kept.size()));
    assertThat(new HashSet<>(teacher.all("texts")))
        .doesNotContainAnyElementsOf(keptTexts)
        .hasSize(TEXTS - kept.size());
    assertThat(outcome.out())
        .contains("held out %d of 600 texts in %s".formatted(kept.size(), heldOut));
  }

  @Test
  void shouldNotReplaceAFileThatExists() throws Exception {
    Path existing = Files.writeString(folder.resolve("kept.jsonl"), "mine\n");

    Outcome outcome =
        feed(
            inLabelOrder("labelled.csv"),
            "--hold-out",
            "0.2",
            "--hold-out-file",
            existing.toString());

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().strip())
        .isEqualTo("error: " + existing + ": exists already, and is not replaced");
    assertThat(existing).hasContent("mine");
    assertThat(teacher.all("texts")).isEmpty();
  }

  @Test
  void shouldRefuseOptionsThatDoNotFit() throws Exception {
    Path file = inLabelOrder("labelled.csv");
    String heldOut = folder.resolve("held-out.csv").toString();

    assertThat(feed(Path.of("-"), "--repeat", "2").err())
        .startsWith("error: --repeat 2: standard input can be read only once");
    assertThat(feed(file, "--repeat", "0").err()).contains("expected 1 or more");
    assertThat(feed(file, "--hold-out", "10", "--hold-out-file", heldOut).err())
        .contains("--hold-out 10.0: expected a share between 0 and 1");
    assertThat(feed(file, "--hold-out", "0.1").exitCode()).isEqualTo(2);
    assertThat(feed(file, "--shuffle-buffer", "100").exitCode()).isEqualTo(2);
    assertThat(feed(file, "--shuffle", "--shuffle-buffer", "1").err())
        .contains("expected 2 or more");
    assertThat(teacher.all("texts")).isEmpty();
  }

  private Outcome feed(Path file, String... options) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Distillstream.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    // One call at a time, so that the order of arrival is that of sending.
    Stream<String> fixed =
        Stream.of(
            "feed", file.toString(), "--url", teacher.url(), "--rate", "100000", "--calls", "1");
    int exitCode =
        commandLine.execute(Stream.concat(fixed, Stream.of(options)).toArray(String[]::new));
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private Path inLabelOrder(String name) throws Exception {
    StringBuilder csv = new StringBuilder("text,label\n");
    for (int i = 0; i < TEXTS; i++) {
      csv.append("text ").append(i).append(",label-").append(i * LABELS / TEXTS).append('\n');
    }
    return Files.writeString(folder.resolve(name), csv);
  }

  private static List<String> texts() {
    return IntStream.range(0, TEXTS).mapToObj(i -> "text " + i).toList();
  }

  private static List<LabelledText> read(Path file) throws Exception {
    List<LabelledText> texts = new ArrayList<>();
    try (LabelledTexts opened = LabelledTexts.open(file)) {
      opened.forEachRemaining(texts::add);
    }
    return texts;
  }
}
