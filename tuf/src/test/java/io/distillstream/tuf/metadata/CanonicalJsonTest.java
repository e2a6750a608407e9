package io.distillstream.tuf.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {

  /** securesystemslib 1.3: {@code encode_canonical({"b": [1, True, None], "a": {"é": -7}})}. */
  @Test
  void shouldOrderMembersAndLeaveNoWhiteSpace() {
    Map<String, @Nullable Object> object = new HashMap<>();
    object.put("b", Arrays.asList(1, true, null));
    object.put("a", Map.of("é", -7L));

    assertThat(written(object)).isEqualTo("{\"a\":{\"é\":-7},\"b\":[1,true,null]}");
  }

  /** A line break stays one, although JSON's own escapes would differ from writer to writer. */
  @Test
  void shouldEscapeQuotesAndBackslashesAlone() {
    assertThat(written("a\"b\\c\nd/é")).isEqualTo("\"a\\\"b\\\\c\nd/é\"");
  }

  /** U+10000 is written with surrogates, which come before U+FFFF in the order of Java's chars. */
  @Test
  void shouldOrderNamesByCodePoint() {
    assertThat(written(Map.of("\uD800\uDC00", 1, "\uFFFF", 2)))
        .isEqualTo("{\"\uFFFF\":2,\"\uD800\uDC00\":1}");
  }

  @Test
  void shouldRefuseFractions() {
    assertThatThrownBy(() -> CanonicalJson.write(List.of(0.5)))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("whole numbers alone");
  }

  @Test
  void shouldRefuseHalfASurrogatePair() {
    assertThatThrownBy(() -> CanonicalJson.write("\uD800"))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("surrogate");
  }

  private static String written(Object value) {
    return new String(CanonicalJson.write(value), StandardCharsets.UTF_8);
  }
}
