package io.distillstream.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HexTest {

  @Test
  void shouldWriteLowerCaseAndReadEither() {
    byte[] bytes = {0, 0x7f, (byte) 0x80, (byte) 0xff};

    assertThat(Hex.encode(bytes)).isEqualTo("007f80ff");
    assertThat(Hex.decode("007F80ff")).isEqualTo(bytes);
    assertThat(Hex.decode("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0g", "abc", "-1"})
  void shouldRefuseWhatStandsForNoBytes(String text) {
    assertThatThrownBy(() -> Hex.decode(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
