package io.distillstream.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.wordnet.Gloss;
import java.util.ArrayList;
import java.util.List;
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
    List<Integer> runs = new ArrayList<>();
    int length = 1;
    for (int i = 1; i <= ordered.size(); i++) {
      if (i < ordered.size() && ordered.get(i).label().equals(ordered.get(i - 1).label())) {
        length++;
      } else {
        runs.add(length);
        length = 1;
      }
    }

    assertThat(runs.stream().filter(run -> run >= Bursts.LENGTH).count()).isEqualTo(10);
    assertThat(runs.stream().filter(run -> run < Bursts.LENGTH)).allMatch(run -> run <= 2);
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
