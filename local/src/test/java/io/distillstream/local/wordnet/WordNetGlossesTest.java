package io.distillstream.local.wordnet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordNetGlossesTest {
  private static WordNetGlosses glosses;

  @TempDir Path folder;

  @BeforeAll
  static void load() {
    glosses = WordNetGlosses.load();
  }

  private static Set<String> texts(List<Gloss> part) {
    Set<String> texts = new HashSet<>();
    part.forEach(text -> texts.add(text.text()));
    return texts;
  }

  @Test
  void shouldCountAsPublished() {
    assertThat(glosses.heldOut()).hasSize(3_000);
    assertThat(glosses.labelled()).hasSize(12_000);
    assertThat(glosses.traffic()).hasSize(81_495 - 3_000);
    assertThat(glosses.traffic().stream().map(Gloss::label).distinct()).hasSize(24);
  }

  @Test
  void shouldNeverRepeatAGlossNorStreamAHeldOutOne() {
    Set<String> traffic = texts(glosses.traffic());
    Set<String> heldOut = texts(glosses.heldOut());
    assertThat(traffic).hasSameSizeAs(glosses.traffic());
    assertThat(heldOut).hasSize(3_000).doesNotContainAnyElementsOf(traffic);
  }

  @Test
  void shouldStreamWhatNoHeadWasFittedOnFirst() {
    assertThat(glosses.traffic().subList(81_495 - 15_000, 81_495 - 3_000))
        .isEqualTo(glosses.labelled());
  }

  @Test
  void shouldReadLabelAndGloss() {
    assertThat(Stream.concat(glosses.heldOut().stream(), glosses.traffic().stream()))
        .contains(
            new Gloss(
                "a crop (other than fruits or vegetables) that is grown for agricultural"
                    + " purposes; \"cotton, hay, and grain are field crops\"",
                "plant"),
            new Gloss("the act of collecting information", "act"));
  }

  @Test
  void shouldKeepItsSplitForEver() {
    assertThat(glosses.heldOut().get(0).text())
        .isEqualTo(
            "a message that helps you remember something; \"he ignored his wife's reminders\"");
    assertThat(glosses.labelled().get(0).text()).isEqualTo("pillworts");
    assertThat(glosses.traffic().get(0).text())
        .isEqualTo("the job of delivering newspapers regularly");
  }

  @Test
  void shouldWriteCsvWithQuotesWhereNeeded() throws IOException {
    Path csv = folder.resolve("glosses.csv");
    GlossCsv.write(
        List.of(new Gloss("plain text", "act"), new Gloss("a comma, and \"quotes\"", "event")),
        csv);
    assertThat(Files.readString(csv))
        .isEqualTo("text,label\nplain text,act\n\"a comma, and \"\"quotes\"\"\",event\n");
  }
}
