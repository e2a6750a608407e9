package io.distillstream.trainer.engine.heap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FingerprintTest {

  @Test
  void shouldTellArraysApartByOneBitAndByTheirOrder() {
    float[] values = new float[19];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    long fingerprint = new Fingerprint().add(values).value();
    assertThat(new Fingerprint().add(values.clone()).value()).isEqualTo(fingerprint);
    for (int i = 0; i < values.length; i++) {
      float[] other = values.clone();
      other[i] = i == 0 ? -0f : Math.nextUp(values[i]);
      assertThat(new Fingerprint().add(other).value()).as("index %d", i).isNotEqualTo(fingerprint);
    }
    float[] swapped = values.clone();
    swapped[2] = values[10];
    swapped[10] = values[2];
    assertThat(new Fingerprint().add(swapped).value()).isNotEqualTo(fingerprint);
  }
}
