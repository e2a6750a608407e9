package io.distillstream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelSpaceTest {
  @Test
  void shouldFindLabelsByNameAndByIndex() {
    LabelSpace labels = new LabelSpace(List.of("animal", "artifact", "person"));
    assertThat(labels.size()).isEqualTo(3);
    assertThat(labels.indexOf("person")).isEqualTo(2);
    assertThat(labels.label(1)).isEqualTo("artifact");
    assertThat(labels.indexOf("plant")).isEqualTo(-1);
  }

  @Test
  void shouldKeepItsFingerprintForEver() {
    // printf '\0\0\0\1a\0\0\0\2bc' | sha256sum: stored records carry it, so it must never change.
    assertThat(new LabelSpace(List.of("a", "bc")).fingerprint())
        .isEqualTo("b534ce16ac9c8b36823f39a395ce8e0e3c7ad9605b82b5444f18cadacd217a5d");
  }

  @Test
  void shouldTellApartOrderAndBoundaries() {
    assertThat(
            List.of(
                new LabelSpace(List.of("a", "bc")).fingerprint(),
                new LabelSpace(List.of("bc", "a")).fingerprint(),
                new LabelSpace(List.of("ab", "c")).fingerprint()))
        .doesNotHaveDuplicates();
  }

  @Test
  void shouldRefuseTooFewBlankAndRepeatedLabels() {
    assertThatThrownBy(() -> new LabelSpace(List.of("a"))).hasMessageContaining("at least 2");
    assertThatThrownBy(() -> new LabelSpace(List.of("a", " "))).hasMessageContaining("blank");
    assertThatThrownBy(() -> new LabelSpace(List.of("a", "b", "a"))).hasMessageContaining("twice");
  }
}
