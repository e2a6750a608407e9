package io.distillstream.acceptance.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.grack.nanojson.JsonWriter;
import io.distillstream.device.DeviceAnswer;
import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.http.Gateway;
import io.distillstream.device.http.HttpDevice;
import io.distillstream.device.trust.TrustedRoot;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.SmallPipeline;
import io.distillstream.local.services.LocalPipeline;
import io.distillstream.monitor.PageBrowser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A browser and a JVM are devices of the same running pipeline, behind a gateway with a token. One
 * visit, so ordered. {@code .ci/run} fetches ONNX Runtime for browsers, which the variable {@code
 * BROWSER_RUNTIME} names; without it, or without Chromium, this is skipped. Screenshots are left in
 * {@code target/screenshots}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrowserDeviceIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String TOKEN = "0123456789abcdef";
  private static final String OTHER_ROOT = "0".repeat(64);

  private static final List<String> TEXTS =
      List.of(
          "a small domesticated carnivore",
          "Café naïve: RÉSUMÉ, déjà-vu!",
          "中国 日本 한국 and 🙂 “quotes” – 50 % [MASK]",
          "ΟΔΟΣ straße İstanbul हिन्दी",
          "$^|~ tab\tnew\nline soft\u00adhyphen",
          "any of several plants ".repeat(80));

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static LocalPipeline pipeline;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static DeviceClient device;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static PageBrowser browser;

  @BeforeAll
  static void publishAnUpdate() throws Exception {
    String runtime = System.getenv().getOrDefault("BROWSER_RUNTIME", "");
    if (runtime.isEmpty()) {
      System.err.println(
          "BrowserDeviceIT IS SKIPPED: BROWSER_RUNTIME names no ONNX Runtime; .ci/run fetches it");
    }
    assumeThat(runtime).as("BROWSER_RUNTIME, set by .ci/run").isNotEmpty();
    assumeThat(PageBrowser.installed("BrowserDeviceIT")).as("Chromium").isTrue();
    Path token = Files.writeString(folder.resolve("token"), TOKEN);
    pipeline =
        SmallPipeline.start(
            folder.resolve("data"),
            Map.of("gateway.token-file", token.toString(), "gateway.browser-runtime", runtime));
    device =
        HttpDevice.open(
            DeviceSettings.of("d1", "student", "stable", folder.resolve("device"))
                .withTrustedRoot(TrustedRoot.read(pipeline.trustedRoot().orElseThrow())),
            Gateway.at(address("gateway"), TOKEN));
    device.start();
    publish(0, 200, 1);
    browser = PageBrowser.open(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (device != null) {
      device.close();
    }
    if (pipeline != null) {
      pipeline.close();
    }
  }

  @Test
  @Order(1)
  void shouldAskForTheTokenAndRefuseARootThatTheAddressDoesNotName() {
    browser.visit(URI.create(address("device").replaceAll("#.*", "#root=" + OTHER_ROOT)));
    browser.awaitText("#connection", "Waiting for a token");
    browser.awaitText("#token-form h2", "This gateway asks for a token");
    browser.run(
        "document.querySelector('#token').value = '%s';".formatted(TOKEN)
            + "document.querySelector('#token-form').requestSubmit()");

    awaitNotice("wrong-root", "The gateway's root is not the one that the address names");
    assertThat(browser.text("#version")).isEqualTo("–");
    browser.screenshot("device-other-root");
    assertThat(errors()).allMatch(line -> line.contains("401"));
  }

  @Test
  @Order(2)
  void shouldTakeASignedUpdateAndAnswerAsOtherDevicesDo() {
    load();
    browser.awaitText("#verdict", "verified");
    browser.awaitText("#state", "answers here");
    browser.awaitText("#connection", "Listening");

    assertThat(browser.attribute("#fingerprint", "data-digest"))
        .isEqualTo(address("device").replaceAll(".*#root=", ""));
    assertThat(browser.text("#received")).matches("[0-9.]+ [KM]B");
    assertThat(browser.text("#root-note")).contains("address names this root");
    TEXTS.forEach(BrowserDeviceIT::awaitSameAnswer);
    assertThat(errors()).isEmpty();
    type(TEXTS.get(0));
    browser.screenshot("device-light");
  }

  @Test
  @Order(3)
  void shouldTakeTheNextVersionBetweenTwoAnswers() throws Exception {
    browser.run("window.visit = 'same'");
    long before = Long.parseLong(browser.text("#version"));

    publish(200, 400, before + 1);
    await().atMost(PATIENCE).until(() -> Long.parseLong(browser.text("#version")) > before);

    TEXTS.forEach(BrowserDeviceIT::awaitSameAnswer);
    assertThat(browser.run("return window.visit")).isEqualTo("same");
    // The history is laid out anew with each version.
    awaitNewest();
    assertThat(browser.attribute("#history li:first-child", "data-state")).isEqualTo("current");
    assertThat(browser.text("#history li:first-child .what")).contains(" as a delta in ");
    assertThat(browser.text("#history li:last-child .what")).doesNotContain("delta");
    assertThat(errors()).isEmpty();
    await("the browser among the devices that report")
        .atMost(PATIENCE)
        .until(BrowserDeviceIT::monitorStatus, status -> status.contains("\"browser-"));
  }

  @Test
  @Order(4)
  void shouldGoOnWithWhatItHasAfterAReload() {
    awaitNewest();
    String version = browser.text("#version");
    load();

    browser.awaitText("#verdict", "verified");
    browser.awaitText("#version", version);
    assertThat(browser.attribute("#history li", "data-version")).isEqualTo(version);
    type(TEXTS.get(0));
    browser.prefer("dark");
    browser.screenshot("device-dark");
    browser.screen(390, 844, true);
    assertThat(browser.overflow()).isZero();
    browser.screenshot("device-narrow");
    assertThat(errors()).isEmpty();
  }

  @Test
  @Order(5)
  void shouldKeepItsRootWhenAnAddressNamesAnother() {
    browser.run("location.hash = 'root=%s'".formatted(OTHER_ROOT));

    awaitNotice("other-root", "The address names another root than this browser trusts");
    browser.awaitText("#state", "answers here");
    browser.awaitText("#connection", "Not following");
  }

  /** Sends texts to learn from; returns once the other device has a version of them. */
  private static void publish(int from, int to, long version) throws Exception {
    GlossTraffic.send(pipeline.cluster(), from, to);
    assertThat(device.awaitVersion(version, PATIENCE)).as("a signed update").isTrue();
  }

  /** Anew: an address that differs behind its # alone would not be loaded. */
  private static void load() {
    browser.visit(URI.create("about:blank"));
    browser.visit(URI.create(address("device")));
  }

  /** Without those of a repository's usual life: the root after the newest is not there. */
  private static List<String> errors() {
    return browser.errors().stream().filter(line -> !line.contains(".root.json")).toList();
  }

  private static String monitorStatus() throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(address("page") + "/api/status")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void awaitNotice(String name, String title) {
    String notice = "[data-name=%s] b".formatted(name);
    await().atMost(PATIENCE).until(() -> browser.count(notice) > 0);
    assertThat(browser.text(notice)).isEqualTo(title);
  }

  /** All that was sent is learned and published. */
  private static void awaitNewest() {
    await()
        .during(Duration.ofSeconds(5))
        .atMost(PATIENCE)
        .until(
            () ->
                browser
                    .text("#version")
                    .equals(String.valueOf(device.installedVersion().orElse(0))));
  }

  /** Both take the newest version by themselves, one of them a moment before the other. */
  private static void awaitSameAnswer(String text) {
    await().atMost(PATIENCE).untilAsserted(() -> assertSameAnswer(text));
  }

  private static void assertSameAnswer(String text) {
    type(text);
    DeviceAnswer expected = device.predict(text).orElseThrow();
    assertThat(browser.attribute("#answered", "data-version"))
        .isEqualTo(String.valueOf(expected.version()));
    assertThat(browser.attribute("#answers li", "data-label")).as(text).isEqualTo(expected.label());
    assertThat(Double.parseDouble(browser.attribute("#answers li", "data-probability")))
        .as(text)
        .isCloseTo(expected.probability(), within(1e-3));
  }

  private static void type(String text) {
    String quoted = JsonWriter.string(text);
    browser.run(
        "const field = document.querySelector('#text'); field.value = "
            + quoted
            + "; field.dispatchEvent(new Event('input'))");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser.run(
                    "return document.querySelector('#answered').dataset.text === " + quoted),
            Boolean.TRUE::equals);
  }

  private static String address(String name) {
    return requireNonNull(pipeline.addresses().get(name));
  }
}
