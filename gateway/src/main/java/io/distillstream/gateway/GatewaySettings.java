package io.distillstream.gateway;

import io.distillstream.gateway.http.DevicePage;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.runtime.http.HttpListener;
import io.distillstream.runtime.http.HttpSettings;
import io.distillstream.update.ReportJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Settings of the gateway.
 *
 * @param http where devices are served, and which pages of other origins may read
 * @param token what a request has to carry; empty where none is asked for
 * @param keptVersions versions of each channel whose files are kept
 * @param requestsPerAddress that one client address may send a second
 * @param browserRuntime folder of ONNX Runtime for browsers; empty where they get none
 */
public record GatewaySettings(
    HttpListener http,
    Optional<String> token,
    int keptVersions,
    int requestsPerAddress,
    Optional<Path> browserRuntime) {

  private static final int SHORTEST_TOKEN = 16;

  private static final HttpSettings HTTP = HttpSettings.of("gateway", 8070, "devices are served");

  private static final Setting<String> TOKEN_FILE =
      Setting.text(
          "gateway.token-file",
          "",
          "File with the token, at least 16 characters, that every request has to carry as"
              + " Authorization: Bearer TOKEN; empty for none, which is legal on loopback alone.");

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
                  + " reverse proxy all come from its address.")
          .between(1, 1_000_000);

  private static final Setting<String> BROWSER_RUNTIME =
      Setting.text(
          "gateway.browser-runtime",
          "",
          "Folder dist of the npm package onnxruntime-web, with which browsers run models on the page"
              + " /device/; empty: they follow and verify updates alone.");

  /** Every setting of the gateway. */
  public static List<Setting<?>> all() {
    return Stream.concat(
            HTTP.all().stream(),
            Stream.of(TOKEN_FILE, KEEP_VERSIONS, REQUESTS_PER_ADDRESS, BROWSER_RUNTIME))
        .toList();
  }

  /**
   * Reads them, and the token.
   *
   * @throws IllegalArgumentException if there is no token where one is needed, or no runtime in the
   *     folder that is named for it
   */
  public static GatewaySettings from(Settings settings) {
    HttpListener http = HTTP.from(settings).withBodyBytes(ReportJson.MOST_BYTES);
    String file = settings.get(TOKEN_FILE);
    if (file.isEmpty() && !isLoopback(http.host())) {
      throw new IllegalArgumentException(
          "%s = '%s' is not loopback and %s is empty: name a file with a token, or listen on loopback"
              .formatted(HTTP.host().key(), http.host(), TOKEN_FILE.key()));
    }
    return new GatewaySettings(
        http,
        file.isEmpty() ? Optional.empty() : Optional.of(token(file)),
        settings.get(KEEP_VERSIONS),
        settings.get(REQUESTS_PER_ADDRESS),
        browserRuntime(settings.get(BROWSER_RUNTIME)));
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

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String token(String file) {
    String token;
    try {
      token = Files.readString(Path.of(file)).strip();
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s = '%s' cannot be read: %s".formatted(TOKEN_FILE.key(), file, e), e);
    }
    if (token.length() < SHORTEST_TOKEN || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "%s = '%s': expected one line of at least %d visible ASCII characters"
              .formatted(TOKEN_FILE.key(), file, SHORTEST_TOKEN));
    }
    return token;
  }
}
