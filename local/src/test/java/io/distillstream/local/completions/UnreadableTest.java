package io.distillstream.local.completions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnreadableTest {

  @Test
  void shouldSayWhatIsWrongWithTheFirst() {
    Unreadable unreadable = new Unreadable();
    assertThat(unreadable.warning()).isEmpty();
    unreadable.add("p.completions", 2, 17, new IllegalArgumentException("Tokens are in coding 7"));
    unreadable.add("p.completions", 3, 1, new IllegalArgumentException("another"));
    assertThat(unreadable.warning())
        .contains(
            "warning: 2 records could not be read; p.completions-2, offset 17: Tokens are in"
                + " coding 7");
  }
}
