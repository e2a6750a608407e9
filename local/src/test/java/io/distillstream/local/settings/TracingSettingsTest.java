package io.distillstream.local.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.tracing.ExportPlan;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingSettingsTest {

  @Test
  void shouldExportNothingUnlessAskedTo() {
    assertThat(read(Map.of())).isEmpty();
    assertThat(read(Map.of("tracing.sample-ratio", "1"))).isEmpty();
  }

  @Test
  void shouldTraceOneRequestInAHundredUnlessToldOtherwise() {
    assertThat(read(Map.of("tracing.otlp-endpoint", "http://collector:4318")))
        .contains(new ExportPlan(URI.create("http://collector:4318"), 0.01, Map.of()));
  }

  @Test
  void shouldReadHeadersAsTheEnvironmentHasThem() {
    Settings settings =
        Settings.load(
            TracingSettings.all(),
            Map.of("tracing.otlp-endpoint", "https://collector.example/otlp/"),
            Map.of("DISTILLSTREAM_TRACING_HEADERS", "Authorization=Basic YTpi==, X-Tenant=a b"),
            Map.of());

    assertThat(TracingSettings.from(settings).orElseThrow().headers())
        .isEqualTo(Map.of("Authorization", "Basic YTpi==", "X-Tenant", "a b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:4318",
        "grpc://localhost:4317",
        "http://",
        "http://user:secret@collector",
        "http://collector?x=1",
        "http://a b"
      })
  void shouldRefuseWhatIsNoBaseAddress(String endpoint) {
    assertThatThrownBy(() -> read(Map.of("tracing.otlp-endpoint", endpoint)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("tracing.otlp-endpoint")
        .hasMessageContaining("http://host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hidden", "=hidden", "a b=hidden", "Host=hidden", "a=hidden\u00e4"})
  void shouldRefuseHeadersWithoutShowingThem(String headers) {
    assertThatThrownBy(() -> read(Map.of("tracing.headers", headers)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("name=value")
        .hasMessageNotContaining("hidden");
  }

  private static Optional<ExportPlan> read(Map<String, String> values) {
    return TracingSettings.from(Settings.load(TracingSettings.all(), values));
  }
}
