package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.WordPieceTokenizer;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VocabularyCommandTest {

  @Test
  void shouldWriteATokenizerOfTheTraffic(@TempDir Path folder) throws Exception {
    Path traffic = folder.resolve("traffic.csv");
    Files.writeString(traffic, "text,label\na wheeled vehicle,noun.artifact\na vehicle,\n");
    Path trimmed = folder.resolve("trimmed.json");
    StringWriter out = new StringWriter();

    CommandLine command = Distillstream.commandLine().setOut(new PrintWriter(out));
    int code =
        command.execute(
            "vocabulary", traffic.toString(), "--least", "2", "--out", trimmed.toString());

    assertThat(code).isZero();
    assertThat(out.toString()).startsWith("kept 2,000 of 30,522 word pieces after 2 texts");
    try (InputStream in = Files.newInputStream(trimmed)) {
      assertThat(WordPieceTokenizer.fromTokenizerJson(in).vocabulary())
          .contains("[CLS]", "a", "##a", "vehicle")
          .doesNotContain("wheeled");
    }
  }
}
