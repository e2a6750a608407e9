package io.distillstream.local.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.Distillstream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What users are told of options and settings that do not fit, before anything is asked. */
class SynthesizeCommandTest {

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets the folder.
  SynthesizeCommandTest() {}

  private String error(String... options) {
    StringWriter err = new StringWriter();
    CommandLine command = Distillstream.commandLine().setErr(new PrintWriter(err, true));
    List<String> arguments = new ArrayList<>(List.of("synthesize"));
    arguments.addAll(List.of(options));
    assertThat(command.execute(arguments.toArray(String[]::new))).isNotZero();
    assertThat(err.toString()).doesNotContain("\tat ");
    return err.toString().lines().findFirst().orElse("");
  }

  @Test
  void shouldNameTheOptionAndWhatItAccepts() {
    assertThat(error("--count", "0")).isEqualTo("error: --count 0: expected 1 or more");
    assertThat(error("--rate", "0")).isEqualTo("error: --rate 0.0: expected more than 0");
    assertThat(error("--candidates", "0")).isEqualTo("error: --candidates 0: expected 1 to 1000");
    assertThat(error("--round", "0")).isEqualTo("error: --round 0: expected 1 to 100000");
    assertThat(error("--disagreement", "1.5"))
        .isEqualTo("error: --disagreement 1.5: expected a share from 0 to 1");
    assertThat(error("--climb", "-1")).isEqualTo("error: --climb -1: expected 0 to 1000");
    assertThat(error("--min-words", "9", "--max-words", "3"))
        .startsWith("error: --min-words, --max-words: expected 1 to 500 words")
        .endsWith("got 9 to 3");
    assertThat(error("--by", "magic"))
        .contains("expected vocabulary or language-model, got 'magic'");
  }

  @Test
  void shouldNameAVocabularyThatCannotBeUsed() throws Exception {
    Path few = Files.writeString(folder.resolve("few.txt"), "dog\ncat\n");

    assertThat(error("--vocabulary", folder.resolve("none.json").toString()))
        .startsWith("error: The vocabulary ")
        .endsWith("none.json does not exist");
    assertThat(error("--vocabulary", few.toString()))
        .contains("few.txt holds 2 whole words, expected at least 100");
  }

  @Test
  void shouldNameWhatALanguageModelNeeds() throws Exception {
    Path prompt = Files.writeString(folder.resolve("prompt.txt"), "Write something.");

    assertThat(error("--by", "language-model"))
        .isEqualTo(
            "error: teacher.openai.url is empty: a language model that writes texts needs it");
    assertThat(error("--by", "language-model", "--prompt-file", prompt.toString()))
        .startsWith("error: --prompt-file ")
        .endsWith("the prompt has no {label} where the label of the texts is to go");
  }

  @Test
  void shouldSayThatThereIsNoPipeline() {
    assertThat(
            error(
                "--set", "cluster.bootstrap-servers=127.0.0.1:1", "--set", "data.folder=" + folder))
        .startsWith("error: ")
        .contains("127.0.0.1:1");
  }
}
