package io.distillstream.device.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayTest {

  @Test
  void shouldKeepThePathAndTellNobodyTheToken() {
    assertThat(Gateway.at("https://example.org/models/", "secret"))
        .hasToString("https://example.org/models");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:8070",
        "ftp://example.org",
        "http:///nowhere",
        "http://example.org?x=1",
        "http://user:password@example.org",
        "http://exa mple.org"
      })
  void shouldRefuseWhatIsNoAddress(String url) {
    assertThatThrownBy(() -> Gateway.at(url, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://127.0.0.1:8070");
  }

  @Test
  void shouldPutAnyNameIntoAPath() {
    assertThat(Gateway.segment("a b/ä%")).isEqualTo("a%20b%2F%C3%A4%25");
  }
}
