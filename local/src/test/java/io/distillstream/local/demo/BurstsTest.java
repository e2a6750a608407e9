package io.distillstream.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.wordnet.Gloss;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BurstsTest {
  private final List<Gloss> glosses =
      IntStream.range(0, 10_000).mapToObj(i -> new Gloss("text " + i, "label " + i % 7)).toList();

  @Test
  void shouldSendEachGlossOnce() {
    assertThat(Bursts.in(glosses, 1)).containsExactlyInAnyOrderElementsOf(glosses);
  }

  @Test
  void shouldSendATenthInRunsOfOneLabel() {
    List<Gloss> ordered = Bursts.in(glosses, 1);

    // The last period is left out: few glosses of the label that is drawn are left for it.
    for (int end = Bursts.PERIOD; end < ordered.size(); end += Bursts.PERIOD) {
      int burst = end - Bursts.LENGTH;
      assertThat(labels(ordered.subList(burst, end))).hasSize(1);
      assertThat(labels(ordered.subList(end - Bursts.PERIOD, burst))).hasSize(7);
    }
  }

  private static Set<String> labels(List<Gloss> glosses) {
    return glosses.stream().map(Gloss::label).collect(Collectors.toSet());
  }

  @Test
  void shouldOrderThemAlikeEachTime() {
    assertThat(Bursts.in(glosses, 1)).isEqualTo(Bursts.in(glosses, 1));
  }

  @Test
  void shouldTakeFewGlossesAsTheyAre() {
    assertThat(Bursts.in(glosses.subList(0, 50), 1)).isEqualTo(glosses.subList(0, 50));
  }
}
