package io.distillstream.gateway.hawkbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.http.tls.TestAuthority.Issued;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HawkbitSettingsTest {

  @TempDir private Path folder;

  @Test
  void shouldServeNobodyUnlessATenantIsNamed() {
    assertThat(read(Map.of())).isEmpty();
    assertThat(read(Map.of("tenants", "DEFAULT=student/stable, phones = student/beta")))
        .hasValueSatisfying(
            plan -> {
              assertThat(plan.tenants())
                  .containsOnly(
                      Map.entry("DEFAULT", new ChannelName("student", "stable")),
                      Map.entry("phones", new ChannelName("student", "beta")));
              assertThat(plan.pollingInterval()).isEqualTo(Duration.ofMinutes(5));
              assertThat(plan.handling()).isEqualTo(Handling.FORCED);
              assertThat(plan.address()).isEmpty();
              assertThat(plan.swupdate()).isEmpty();
            });
    assertThat(read(Map.of("tenants", "a=m/c", "url", "https://gw.example.org")))
        .map(HawkbitPlan::address)
        .hasValue(Optional.of(URI.create("https://gw.example.org")));
  }

  @Test
  void shouldTakeAnRsaKeyForImages() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    assertThat(read(image(authority.selfSigned("RSA"))))
        .hasValueSatisfying(plan -> assertThat(plan.swupdate().orElseThrow().signer()).isPresent());
    refuses(image(authority.selfSigned("EC")), "is a key of EC: expected RSA");
  }

  @Test
  void shouldSayWhatIsWrong() {
    refuses(Map.of("tenants", "DEFAULT"), "expected TENANT=MODEL/CHANNEL");
    refuses(Map.of("tenants", "a=m/c,a=m/d"), "expected TENANT=MODEL/CHANNEL");
    refuses(Map.of("tenants", "a/b=m/c"), "expected TENANT=MODEL/CHANNEL");
    refuses(Map.of("tenants", "..=m/c"), "expected TENANT=MODEL/CHANNEL");
    refuses(Map.of("tenants", "device=m/c"), "is not device, which is the page's");
    assertThat(read(Map.of("tenants", "devices=m/c"))).isPresent();
    refuses(Map.of("url", "http://gw"), "gateway.hawkbit.tenants is not");
    refuses(Map.of("format", "swupdate"), "gateway.hawkbit.tenants is not");
    refuses(Map.of("tenants", "a=m/c", "format", "rauc"), "one of file, swupdate");
    refuses(Map.of("tenants", "a=m/c", "update", "skip"), "one of forced, attempt");
    refuses(Map.of("tenants", "a=m/c", "polling-interval", "1d"), "from 1s to 12h");
    refuses(Map.of("tenants", "a=m/c", "swupdate-key", "k"), "belong together");
    refuses(Map.of("tenants", "a=m/c", "swupdate-folder", "models"), "an absolute path");
    refuses(Map.of("tenants", "a=m/c", "swupdate-folder", "/var/../etc"), "an absolute path");
    refuses(
        Map.of(
            "tenants",
            "a=m/c",
            "format",
            "swupdate",
            "swupdate-certificate",
            "none.pem",
            "swupdate-key",
            "none-key.pem"),
        "gateway.hawkbit.swupdate-key = 'none.pem' cannot be read");
  }

  private static Map<String, String> image(Issued key) {
    return Map.of(
        "tenants",
        "a=m/c",
        "format",
        "swupdate",
        "swupdate-certificate",
        key.certificate().toString(),
        "swupdate-key",
        key.key().toString());
  }

  private static void refuses(Map<String, String> values, String why) {
    assertThatThrownBy(() -> read(values))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining(why);
  }

  private static Optional<HawkbitPlan> read(Map<String, String> values) {
    Map<String, String> named = new HashMap<>();
    values.forEach((name, value) -> named.put("gateway.hawkbit." + name, value));
    return HawkbitSettings.from(Settings.load(HawkbitSettings.all(), named));
  }
}
