package io.distillstream.foundation.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedCallersTest {

  private static final AllowedCallers LOCAL = at(ListenAddress.LOOPBACK);

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080"})
  void shouldAnswerUnderTheNamesOfLoopback(String host) {
    assertThat(LOCAL.of(host, null)).isEqualTo(Caller.NO_PAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "evil.example:8080", "localhost.evil.example", "192.168.1.5"})
  void shouldNotAnswerUnderAnotherName(String host) {
    assertThat(LOCAL.of(host, null)).isEqualTo(Caller.MISDIRECTED);
    assertThat(LOCAL.of(host, "http://" + host)).isEqualTo(Caller.MISDIRECTED);
  }

  @Test
  void shouldAnswerCallersThatNameNoHost() {
    assertThat(LOCAL.of(null, null)).isEqualTo(Caller.NO_PAGE);
    assertThat(LOCAL.of(null, "http://evil.example")).isEqualTo(Caller.FOREIGN_PAGE);
  }

  @Test
  void shouldAnswerUnderTheAddressListenedOnAndNamesAllowed() {
    assertThat(at("192.168.1.5", "teacher").of("192.168.1.5:8080", null)).isEqualTo(Caller.NO_PAGE);
    assertThat(at("192.168.1.5", "teacher").of("teacher:8080", null)).isEqualTo(Caller.NO_PAGE);
    assertThat(at("192.168.1.5", "teacher").of("other:8080", null)).isEqualTo(Caller.MISDIRECTED);
    AllowedCallers gateway = at("127.0.0.1", "Gateway:443", "fd00::1");
    assertThat(gateway.of("gateway", null)).isEqualTo(Caller.NO_PAGE);
    assertThat(gateway.of("[fd00::1]:8080", null)).isEqualTo(Caller.NO_PAGE);
    assertThat(at("127.0.0.1", "*").of("other:8080", null)).isEqualTo(Caller.NO_PAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "[::]"})
  void shouldAnswerUnderAnyAddressButNoOtherNameOnAllInterfaces(String boundTo) {
    AllowedCallers everywhere = at(boundTo);

    assertThat(everywhere.of("192.168.1.5:8080", null)).isEqualTo(Caller.NO_PAGE);
    assertThat(everywhere.of("[fe80::1]:8080", null)).isEqualTo(Caller.NO_PAGE);
    assertThat(everywhere.of("evil.example", null)).isEqualTo(Caller.MISDIRECTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://localhost:1", "no origin"})
  void shouldTellPagesOfOtherOrigins(String origin) {
    assertThat(LOCAL.of("localhost", origin)).isEqualTo(Caller.FOREIGN_PAGE);
  }

  @Test
  void shouldTellItsOwnPages() {
    assertThat(LOCAL.of("localhost:8080", "http://localhost:8080")).isEqualTo(Caller.OWN_PAGE);
    assertThat(LOCAL.of("localhost", "https://LocalHost")).isEqualTo(Caller.OWN_PAGE);
  }

  @Test
  void shouldTellPagesOfAllowedOrigins() {
    AllowedCallers callers =
        new AllowedCallers("127.0.0.1", List.of(), List.of("https://Example.org"));

    assertThat(callers.of("localhost", "https://example.ORG")).isEqualTo(Caller.ALLOWED_PAGE);
    assertThat(callers.of("localhost", "http://example.org")).isEqualTo(Caller.FOREIGN_PAGE);
    assertThat(callers.of("localhost", "https://example.com")).isEqualTo(Caller.FOREIGN_PAGE);
  }

  private static AllowedCallers at(String boundTo, String... hosts) {
    return new AllowedCallers(boundTo, List.of(hosts), List.of());
  }
}
