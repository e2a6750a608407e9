package io.distillstream.tap.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Completion;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.tap.sample.SamplingSettings.Certainty;
import io.distillstream.tap.sample.SamplingSettings.Labels;
import io.distillstream.tap.sample.SamplingSettings.NearDuplicate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SamplerTest {

  private static final Labels ALL_LABELS = new Labels(1, 64);
  private static final Certainty ALL_SURE = new Certainty(1, 0.1);
  private static final NearDuplicate ALL_PROMPTS = new NearDuplicate(Duration.ZERO, 0.9, 16);
  private static final Completion SURE = Answered.scored("How many?", 0.999);
  private static final Completion UNSURE = Answered.scored("How many?", 0.6);

  private final List<Unrecorded> thinned = new ArrayList<>();

  @Test
  void shouldLeaveNothingOutByDefault() {
    Sampler sampler = sampler(ALL_LABELS, ALL_SURE, ALL_PROMPTS);
    for (int i = 0; i < 5_000; i++) {
      assertThat(sampler.omission(List.of(SURE))).isEmpty();
      assertThat(sampler.omission(List.of(Answered.label("yes")))).isEmpty();
    }
    assertThat(thinned).isEmpty();
  }

  @Test
  void shouldRecordWhatTheModelWasSureOfAtItsRateAndCountIt() {
    Sampler sampler = sampler(ALL_LABELS, new Certainty(0.25, 0.1), ALL_PROMPTS);
    int recorded = 0;
    for (int i = 0; i < 4_000; i++) {
      assertThat(sampler.omission(List.of(UNSURE))).isEmpty();
      assertThat(sampler.omission(List.of(Answered.label("no table")))).isEmpty();
      assertThat(sampler.omission(List.of(SURE, UNSURE))).isEmpty();
      recorded += sampler.omission(List.of(SURE)).isEmpty() ? 1 : 0;
    }
    assertThat(recorded).isBetween(900, 1_100);
    assertThat(thinned).hasSize(4_000).containsOnly(Unrecorded.SURE);
  }

  @Test
  void shouldThinFrequentLabelsAndTakeTheRarestOfSeveralChoices() {
    Sampler sampler = sampler(new Labels(0.1, 4), ALL_SURE, ALL_PROMPTS);
    for (int i = 0; i < 5_000; i++) {
      sampler.omission(List.of(Answered.label("yes")));
    }
    thinned.clear();
    int omitted = 0;
    for (int i = 0; i < 1_000; i++) {
      boolean frequent = sampler.omission(List.of(Answered.label("Yes"))).isPresent();
      omitted += frequent ? 1 : 0;
    }
    assertThat(omitted).isBetween(850, 950);
    assertThat(thinned).hasSize(1_000).containsOnly(Unrecorded.FREQUENT_LABEL);
    assertThat(sampler.omission(List.of(Answered.label("yes"), Answered.label("no")))).isEmpty();
    Completion open = Completion.newBuilder(Answered.label("yes")).setFinishReason(null).build();
    for (int i = 0; i < 1_000; i++) {
      assertThat(sampler.omission(List.of(Answered.label("longer")))).isEmpty();
      assertThat(sampler.omission(List.of(open))).isEmpty();
    }
  }

  @Test
  void shouldRememberOnlyThePromptsThatLeaveARecord() {
    Sampler sampler =
        sampler(ALL_LABELS, new Certainty(0, 0.1), new NearDuplicate(Duration.ofHours(1), 0.9, 16));

    assertThat(sampler.omission(List.of(SURE))).contains(Unrecorded.SURE);
    assertThat(sampler.omission(List.of(UNSURE))).isEmpty();
    assertThat(sampler.omission(List.of(UNSURE))).contains(Unrecorded.NEAR_DUPLICATE);
    assertThat(sampler.omission(List.of(SURE))).contains(Unrecorded.NEAR_DUPLICATE);
  }

  @ParameterizedTest
  @EnumSource(names = {"CUT_SHORT", "NOT_ASKED"})
  void shouldRecordTheAnswerToARetryOfWhatWasOfLessUse(TokensUnusable why) {
    Sampler sampler =
        sampler(ALL_LABELS, ALL_SURE, new NearDuplicate(Duration.ofHours(1), 0.9, 16));
    Completion first = Completion.newBuilder(UNSURE).setTokens(null).setTokensUnusable(why).build();

    assertThat(sampler.omission(List.of(first))).isEmpty();
    assertThat(sampler.omission(List.of(UNSURE))).isEmpty();
    assertThat(sampler.omission(List.of(UNSURE))).contains(Unrecorded.NEAR_DUPLICATE);
  }

  private Sampler sampler(Labels labels, Certainty certainty, NearDuplicate prompts) {
    return new Sampler(
        new SamplingSettings(labels, certainty, prompts), thinned::add, new SplittableRandom(3));
  }
}
