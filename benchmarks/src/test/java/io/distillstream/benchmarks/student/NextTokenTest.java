package io.distillstream.benchmarks.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.trainer.student.StudentSize;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextTokenTest {

  @Test
  void shouldLearnWhatFollowsAWordAndNotItsFrequencyAlone() throws Exception {
    WordNetGlosses glosses = WordNetGlosses.load();
    NextToken.Texts texts =
        NextToken.Texts.of(
            200,
            texts(glosses.traffic().subList(0, 1_600)),
            texts(glosses.heldOut().subList(0, 100)));
    NextToken result = NextToken.distil(texts, StudentSize.TINY);
    assertThat(result.student()).isLessThan(0.6 * result.unigram());
  }

  private static List<String> texts(List<Gloss> glosses) {
    return glosses.stream().map(Gloss::text).toList();
  }
}
