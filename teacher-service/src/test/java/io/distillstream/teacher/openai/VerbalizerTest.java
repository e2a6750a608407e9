package io.distillstream.teacher.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerbalizerTest {

  private static final Verbalizer PLACES =
      Verbalizer.parse(List.of("old=new", "city = New York | NYC", "noun.animal=animal|creature"));

  @Test
  void shouldTakeALabelForItsOwnWord() {
    Verbalizer plain = Verbalizer.parse(List.of("sport", "economy=business"));

    assertThat(plain.labels().labels()).containsExactly("sport", "economy");
    assertThat(plain.words()).containsExactly(List.of("sport"), List.of("business"));
    assertThat(plain.firstWords()).containsExactly("sport", "business");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          animal            | 2
          Animal.           | 2
          ' **Creature**'   | 2
          '▁animal'         | 2
          'Ġanimal'         | 2
          animals           | -1
          new               | 0
          new york          | 1
          newton            | -1
          New York City     | 1
          It is an animal!  | 2
          an animal of NYC  | -1
          nothing           | -1
          """)
  void shouldFindTheLabelOfAnAnswer(String answer, int label) {
    assertThat(PLACES.mentioned(answer))
        .isEqualTo(label < 0 ? OptionalInt.empty() : OptionalInt.of(label));
  }

  @Test
  void shouldKeepLabelsInMindWhoseWordsMayFollow() {
    assertThat(PLACES.candidates(" N")).containsExactly(0, 1);
    assertThat(PLACES.candidates("new")).containsExactly(0, 1);
    assertThat(PLACES.candidates("new y")).containsExactly(0, 1);
    assertThat(PLACES.candidates("New York")).containsExactly(1);
    assertThat(PLACES.candidates("new.")).containsExactly(0);
    assertThat(PLACES.candidates("newt")).isEmpty();
    assertThat(PLACES.isOpen(" \n**")).isTrue();
  }

  @Test
  void shouldNotLeaveOutWhatAWordBeginsWith() {
    Verbalizer signs = Verbalizer.parse(List.of("good=#1", "bad=-"));

    assertThat(signs.mentioned(" -")).hasValue(1);
    assertThat(signs.mentioned("#1")).hasValue(0);
  }

  @Test
  void shouldNeedNoBlankAfterAnIdeograph() {
    Verbalizer news = Verbalizer.parse(List.of("体育", "经济"));

    assertThat(news.mentioned("体育新闻")).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b=A", "a,b=|", "a,b=c|C", "a", "a,a", "a,b="})
  void shouldRefuseWordsThatTellNoLabelsApart(String items) {
    assertThatThrownBy(() -> Verbalizer.parse(List.of(items.split(","))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldNameTheLabelsThatShareAWord() {
    assertThatThrownBy(() -> Verbalizer.parse(List.of("one=yes", "two=no|Yes")))
        .hasMessage("labels 'one' and 'two' have the same word 'yes'");
  }
}
