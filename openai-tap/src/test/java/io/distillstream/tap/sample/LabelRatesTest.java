package io.distillstream.tap.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LabelRatesTest {

  @Test
  void shouldRecordAFrequentLabelAsIfItMadeUpWhatIsTolerated() {
    LabelRates rates = new LabelRates(0.05);
    SplittableRandom random = new SplittableRandom(1);
    double frequent = 0;
    for (int i = 0; i < 30_000; i++) {
      boolean rare = random.nextInt(10) == 0;
      double rate = rates.count(rare ? "rare " + random.nextInt(10) : "frequent");
      if (rare) {
        assertThat(rate).isEqualTo(1);
      } else if (i >= 20_000) {
        frequent += rate;
      }
    }
    assertThat(frequent / 10_000).isCloseTo(0.05, within(0.005));
  }

  @Test
  void shouldThinNothingBeforeThereIsEvidence() {
    LabelRates rates = new LabelRates(0.05);
    for (int i = 0; i < 140; i++) {
      assertThat(rates.count("only")).isEqualTo(1);
    }
    for (int i = 0; i < 140; i++) {
      rates.count("only");
    }
    assertThat(rates.count("only")).isLessThan(0.6);
  }

  @Test
  void shouldForgetWhatWasFrequent() {
    LabelRates rates = new LabelRates(0.5);
    for (int i = 0; i < 10_000; i++) {
      rates.count("before");
    }
    assertThat(rates.count("before")).isCloseTo(0.5, within(0.05));
    for (int i = 0; i < 2 * LabelRates.HALF_LIFE; i++) {
      rates.count("now");
    }
    assertThat(rates.count("before")).isEqualTo(1);
  }

  @Test
  void shouldNotTellCaseAndBlanksApart() {
    LabelRates rates = new LabelRates(0.01);
    for (int i = 0; i < 1_000; i++) {
      rates.count(i % 2 == 0 ? "Yes" : " yes\n");
    }
    assertThat(rates.size()).isOne();
  }

  @Test
  void shouldKnowAFrequentLabelAmongAnyNumberOfOthers() {
    LabelRates rates = new LabelRates(LabelRates.LEAST_SHARE);
    for (int i = 0; i < 100_000; i++) {
      rates.count(i % 500 == 0 ? "frequent" : "once " + i);
    }
    assertThat(rates.size()).isEqualTo(LabelRates.MOST_LABELS);
    assertThat(rates.count("frequent")).isCloseTo(0.5, within(0.1));
    assertThat(rates.count("another")).isEqualTo(1);
  }
}
