package io.distillstream.teacher.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextWriterTest {

  @Test
  void shouldReadATextALine() {
    assertThat(
            TextWriter.lines(
                """
                Sure, here they are:

                1. The keeper saved two penalties.
                2) "Rain stopped the match."
                - 3rd place is not enough
                * “A record at the long jump”
                ---
                  no bullet, 10 words or so
                """))
        .containsExactly(
            "The keeper saved two penalties.",
            "Rain stopped the match.",
            "3rd place is not enough",
            "A record at the long jump",
            "no bullet, 10 words or so");
  }

  @Test
  void shouldFillThePrompt() {
    WritingPrompt prompt = new WritingPrompt("{count} on {label} ({labels}): {words} {other}");

    assertThat(prompt.fill("art", List.of("art", "{count}"), 3, List.of("dog", "$1")))
        .isEqualTo("3 on art (art, {count}): dog, $1 {other}");
    assertThatThrownBy(() -> new WritingPrompt("{labels}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("{label}");
  }
}
