package io.distillstream.artifacts.incumbent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.artifacts.incumbent.Comparison.Objection.FewerLikePredictions;
import io.distillstream.artifacts.incumbent.Comparison.Objection.LostLabel;
import io.distillstream.artifacts.incumbent.Comparison.Objection.NotShownAsGood;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class IncumbentGateTest {
  private static final int LABELS = 24;
  private static final IncumbentSettings SETTINGS = IncumbentSettings.DEFAULTS;

  private final IncumbentGate gate = new IncumbentGate(SETTINGS);
  private final HeldOutMemory memory = SETTINGS.memory();
  private int sent;

  @Test
  void shouldLetWhatIsBetterOrAsGoodPass() {
    hear(2_000, "text");

    assertThat(judge(request -> 0.8, request -> 0.8, 1, 0).passed()).isTrue();
    Comparison better = judge(request -> 0.82, request -> 0.8, 20, -0.005);
    assertThat(better.passed()).isTrue();
    assertThat(better.difference()).isCloseTo(0.02, within(1e-6));
    assertThat(better.lowerBound()).isBetween(0.0, 0.02);
    assertThat(better.margin()).isCloseTo(0.005, within(1e-9));
    assertThat(better.deficit()).isZero();
  }

  @Test
  void shouldRefuseWhatIsWorseAndSayWhy() {
    hear(2_000, "text");

    Comparison comparison = judge(request -> 0.78, request -> 0.8, 1, 0);

    assertThat(comparison.objections()).containsExactly(new NotShownAsGood());
    assertThat(comparison.difference()).isCloseTo(-0.02, within(1e-6));
    assertThat(comparison.reason(label -> "name" + label))
        .startsWith("agreement with the teacher differs by -0.0200, at least -0.0");
  }

  @Test
  void shouldAskForMoreEvidenceWithEveryLookAndWithWhatWasLostBefore() {
    hear(600, "text");

    assertThat(judge(request -> 0.8, request -> 0.8, 1, 0).passed()).isTrue();
    assertThat(judge(request -> 0.8, request -> 0.8, 10, 0).passed()).isFalse();
    assertThat(judge(request -> 0.8, request -> 0.8, 1, -0.009).passed()).isFalse();
    assertThat(judge(request -> 0.797, request -> 0.8, 1, 0).deficit())
        .isCloseTo(-0.003, within(1e-6));
  }

  @Test
  void shouldRefuseFewerLikePredictionsWhateverTheDistributionsShare() {
    hear(2_000, "text");
    SplittableRandom random = new SplittableRandom(5);
    Scores incumbent = Scores.of(memory.sample().requests(), logits(request -> 0.51));
    Scores candidate =
        Scores.of(
            memory.sample().requests(),
            logits(request -> random.nextDouble() < 0.03 ? 0.49 : 0.53));

    Comparison comparison = gate.judge(memory, candidate, incumbent, 1, 0);

    assertThat(comparison.objections()).containsExactly(new FewerLikePredictions());
  }

  @Test
  void shouldRefuseWhatLosesALabelAndIsBetterOnAllOthers() {
    hear(2_000, "text");

    Comparison comparison =
        judge(request -> request.label() == 5 ? 0.3 : 0.9, request -> 0.8, 1, 0);

    assertThat(comparison.objections())
        .hasAtLeastOneElementOfType(LostLabel.class)
        .doesNotContain(new NotShownAsGood());
    assertThat(comparison.worst())
        .hasValueSatisfying(
            worst -> {
              assertThat(worst.label()).isEqualTo(5);
              assertThat(worst.difference()).isCloseTo(-1, within(1e-6));
            });
    assertThat(comparison.reason(label -> "name" + label)).contains("label name5 differs by -1.0");
  }

  /** A student that had met few labels must not stay for their sake. */
  @Test
  void shouldLetALabelGoForALargeGainOverall() {
    hear(2_000, "text");

    Comparison comparison =
        judge(
            request -> request.label() == 5 ? 0.3 : 0.8,
            request -> request.label() == 5 ? 0.9 : 0.4,
            1,
            0);

    assertThat(comparison.worst().orElseThrow().difference()).isCloseTo(-1, within(1e-6));
    assertThat(comparison.passed()).isTrue();
  }

  /** The student learns the burst and forgets a little of everything else. */
  @Test
  void shouldHardlyBeMovedByABurstOfOneLabel() {
    hear(1_500, "text");
    for (int i = 0; i < 250; i++) {
      memory.add(heldOut(3, "burst"));
    }

    Comparison comparison =
        judge(request -> request.label() == 3 ? 0.9 : 0.76, request -> 0.8, 1, 0);

    assertThat(comparison.difference()).isBetween(-0.04, -0.025);
    assertThat(comparison.passed()).isFalse();
    assertThat(memory.changedAt()).isZero();
  }

  /** All labels change their meaning, and a student that follows is published soon. */
  @Test
  void shouldFollowATrueChangeWithinAFewRequestsOfEachLabel() {
    hear(1_500, "old");
    ToDoubleFunction<HeldOut> incumbent = request -> request.text().equals("old") ? 0.8 : 0.1;
    ToDoubleFunction<HeldOut> candidate = request -> request.text().equals("old") ? 0.1 : 0.8;
    int needed = 0;
    while (!judge(candidate, incumbent, 1, 0).passed()) {
      hear(LABELS, "new");
      needed++;
    }

    assertThat(needed).isBetween(2, 12);
    assertThat(memory.changedAt()).isCloseTo(1_500, within(60L));
    // What the next candidate forgets of the old meaning counts no more.
    assertThat(
            judge(request -> request.text().equals("old") ? 0.05 : 0.88, candidate, 1, 0).passed())
        .isTrue();
  }

  /** What is gone must not keep the student from following what came. */
  @Test
  void shouldFollowATrueChangeAfterWhichALabelIsNotUsedAnyMore() {
    hear(1_500, "old");
    for (int i = 0; i < 20 * LABELS; i++) {
      memory.add(heldOut(i % (LABELS - 1), "new"));
    }

    Comparison comparison =
        judge(
            request -> request.text().equals("old") ? 0.1 : 0.8,
            request -> request.text().equals("old") ? 0.8 : 0.1,
            1,
            0);

    assertThat(comparison.objections()).isEmpty();
  }

  /** Without a change that is found, the half-life lets the new meaning win. */
  @Test
  void shouldFollowAChangeOfFewLabelsWithTheHalfLife() {
    for (int i = 0; i < 2_000; i++) {
      memory.add(heldOut(i % 2, "old"));
    }
    ToDoubleFunction<HeldOut> incumbent = request -> request.text().equals("old") ? 0.8 : 0.7;
    ToDoubleFunction<HeldOut> candidate = request -> request.text().equals("old") ? 0.7 : 0.8;
    int needed = 0;
    for (; !judge(candidate, incumbent, 1, 0).passed(); needed += 10) {
      for (int i = 0; i < 10; i++) {
        memory.add(heldOut(i % 2, "new"));
      }
    }

    assertThat(needed).isBetween(100, SETTINGS.halfLife());
  }

  @Test
  void shouldCountLooksAnewWhenMostOfTheEvidenceIsNew() {
    Looks first = Looks.NONE.next(70, SETTINGS);
    assertThat(first).isEqualTo(new Looks(1, 70));
    assertThat(first.next(500, SETTINGS)).isEqualTo(new Looks(2, 70));
    assertThat(first.next(70 + SETTINGS.halfLife(), SETTINGS))
        .isEqualTo(new Looks(1, 70 + SETTINGS.halfLife()));
    assertThat(first.next(10, SETTINGS)).isEqualTo(new Looks(1, 10));
  }

  private void hear(int count, String text) {
    for (int i = 0; i < count; i++) {
      memory.add(heldOut(i % LABELS, text));
    }
  }

  private HeldOut heldOut(int label, String text) {
    return new HeldOut(
        "r" + sent++,
        text,
        TeacherAnswer.ofNamed(label, LABELS, new int[] {label}, new float[] {1}));
  }

  private Comparison judge(
      ToDoubleFunction<HeldOut> candidate,
      ToDoubleFunction<HeldOut> incumbent,
      int looks,
      double deficit) {
    return gate.judge(memory, logits(candidate), logits(incumbent), looks, deficit);
  }

  /** With this probability of the teacher's class, and of the next one the rest. */
  private float[][] logits(ToDoubleFunction<HeldOut> probability) {
    return memory.sample().requests().stream()
        .map(
            request -> {
              float[] logits = new float[LABELS];
              java.util.Arrays.fill(logits, -100);
              double p = probability.applyAsDouble(request);
              logits[request.label()] = (float) Math.log(p);
              logits[(request.label() + 1) % LABELS] = (float) Math.log(1 - p);
              return logits;
            })
        .toArray(float[][]::new);
  }
}
