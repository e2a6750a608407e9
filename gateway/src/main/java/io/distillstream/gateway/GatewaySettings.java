package io.distillstream.gateway;

import io.distillstream.gateway.hawkbit.DdiPath;
import io.distillstream.gateway.hawkbit.HawkbitPlan;
import io.distillstream.gateway.hawkbit.HawkbitSettings;
import io.distillstream.gateway.http.DevicePage;
import io.distillstream.gateway.mqtt.MqttEndpoint;
import io.distillstream.gateway.mqtt.MqttSettings;
import io.distillstream.http.access.AccessRules;
import io.distillstream.http.access.KeyFile;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.update.ReportJson;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Settings of the gateway.
 *
 * @param http where devices are served, and to whom
 * @param url where browsers of other machines reach it; empty for where it listens
 * @param keptVersions versions of each channel whose files are kept
 * @param requestsPerAddress that one client address may send a second
 * @param browserRuntime folder of ONNX Runtime for browsers; empty where they get none
 * @param mqtt broker by which devices are told of updates, too; empty for none
 * @param hawkbit what clients of hawkBit's API are served; empty where they are not
 */
public record GatewaySettings(
    HttpListener http,
    Optional<URI> url,
    int keptVersions,
    int requestsPerAddress,
    Optional<Path> browserRuntime,
    Optional<MqttEndpoint> mqtt,
    Optional<HawkbitPlan> hawkbit) {

  private static final HttpSettings HTTP = HttpSettings.of("gateway", 8070, "devices are served");

  private static final Setting<String> TOKEN_FILE =
      Setting.text(
          "gateway.token-file",
          "",
          "File with one key of at least 16 characters, for all devices alike: they show it as"
              + " Authorization: Bearer KEY. Read again when it changes.");

  private static final Setting<Optional<URI>> URL =
      Setting.server(
          "gateway.url",
          "Where browsers of other machines reach the gateway, such as a proxy that ends TLS, or the"
              + " machine of a container: the address of the page /device/ is printed with it, and"
              + " the QR code that leads a phone there. Empty: where it listens.");

  private static final Setting<Integer> KEEP_VERSIONS =
      Setting.integer(
              "gateway.keep-versions",
              8,
              "Versions of each channel whose artifacts are kept for devices; older ones are"
                  + " removed.")
          .between(1, 1_000);

  private static final Setting<Integer> REQUESTS_PER_ADDRESS =
      Setting.integer(
              "gateway.max-requests-per-address",
              1_000,
              "Requests a second from one client address (IPv6: one network of 64 bits), of which"
                  + " those of ten seconds may come at once; more are answered with 429. Behind a"
                  + " reverse proxy all come from its address. As many messages a second are taken"
                  + " of one device over MQTT.")
          .between(1, 1_000_000);

  private static final Setting<String> BROWSER_RUNTIME =
      Setting.text(
          "gateway.browser-runtime",
          "",
          "Folder dist of the npm package onnxruntime-web, with which browsers run models on the"
              + " page /device/; empty: they follow and verify updates alone.");

  /** Every setting of the gateway. */
  public static List<Setting<?>> all() {
    return Stream.of(
            HTTP.all(),
            List.of(TOKEN_FILE, URL, KEEP_VERSIONS, REQUESTS_PER_ADDRESS, BROWSER_RUNTIME),
            MqttSettings.all(),
            HawkbitSettings.all())
        .<Setting<?>>flatMap(List::stream)
        .toList();
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if everybody might call who reaches the port, or there is no
   *     runtime in the folder that is named for it
   * @throws InvalidSettingsException if a file of keys or certificates cannot be used
   */
  public static GatewaySettings from(Settings settings) {
    Optional<HawkbitPlan> hawkbit = HawkbitSettings.from(settings);
    HttpListener http = listener(settings);
    if (hawkbit.isPresent()) {
      http = http.withAccess(http.access().withControllers(DdiPath::controller));
    }
    if (http.isOpenToOthers()) {
      throw new IllegalArgumentException(
          ("%s = '%s' is not loopback, and everybody might call: name keys (%s, gateway.api-keys),"
                  + " an issuer of tokens (gateway.oidc-issuer) or an authority of certificates"
                  + " (gateway.tls-client-ca), or listen on loopback")
              .formatted(HTTP.host().key(), http.host(), TOKEN_FILE.key()));
    }
    return new GatewaySettings(
        http,
        settings.get(URL),
        settings.get(KEEP_VERSIONS),
        settings.get(REQUESTS_PER_ADDRESS),
        browserRuntime(settings.get(BROWSER_RUNTIME)),
        MqttSettings.from(settings),
        hawkbit);
  }

  private static Optional<Path> browserRuntime(String folder) {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    for (String file : DevicePage.RUNTIME_FILES) {
      if (!Files.isReadable(Path.of(folder, file))) {
        throw new IllegalArgumentException(
            "%s = '%s' has no file %s: expected the folder dist of the npm package onnxruntime-web"
                .formatted(BROWSER_RUNTIME.key(), folder, file));
      }
    }
    return Optional.of(Path.of(folder));
  }

  /** The page is no secret; what it reads is. */
  private static HttpListener listener(Settings settings) {
    HttpListener http = HTTP.from(settings).withBodyBytes(ReportJson.MOST_BYTES);
    AccessRules access = http.access().withOpenPaths(DevicePage.PATHS);
    return http.withAccess(
        settings.get(TOKEN_FILE).isEmpty()
            ? access
            : access.withKeyFile(HttpSettings.keyFile(TOKEN_FILE, settings, KeyFile.Form.SINGLE)));
  }
}
