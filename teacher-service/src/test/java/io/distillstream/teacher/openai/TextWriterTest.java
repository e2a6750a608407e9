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
                """,
                false))
        .containsExactly(
            "The keeper saved two penalties.",
            "Rain stopped the match.",
            "3rd place is not enough",
            "A record at the long jump",
            "no bullet, 10 words or so");
  }

  @Test
  void shouldLeaveOutWhatWasCutOff() {
    assertThat(TextWriter.lines("One text.\nAnother, which would ha", true))
        .containsExactly("One text.");
    assertThat(TextWriter.lines("A single one, which would ha", true)).isEmpty();
    assertThat(TextWriter.lines("", true)).isEmpty();
  }

  @Test
  void shouldLeaveOutWhatRepeatsItself() {
    assertThat(
            TextWriter.lines(
                """
                It is called a shelter, it's called Shelter, it is called a shelter, it's called a shelter.
                The bell rang, and rang, and the cat ran to the door and then to the window.
                far, far away
                """,
                false))
        .containsExactly(
            "The bell rang, and rang, and the cat ran to the door and then to the window.",
            "far, far away");
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
