package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.monitor.view.TestRecords;
import io.distillstream.monitor.view.WatchedStage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The page in a real browser, on real records. Ordered, since it is one visit: the page opens on an
 * empty pipeline and must fill by itself. Screenshots are left in {@code target/screenshots}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MonitorPageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @TempDir static Path folder;
  private static WatchedPipeline watched;
  private static ChromeDriver browser;

  @BeforeAll
  static void open() throws IOException {
    Optional<Path> chromium =
        firstOf("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    Optional<Path> driver = firstOf("/usr/bin/chromedriver", "/usr/bin/chromium.chromedriver");
    if (chromium.isEmpty() || driver.isEmpty()) {
      System.err.println(
          "MonitorPageIT IS SKIPPED: no Chromium with its chromedriver; the page is untested");
    }
    Assumptions.assumeTrue(chromium.isPresent() && driver.isPresent(), "Chromium is installed");
    watched = new WatchedPipeline(folder);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + Files.createDirectory(folder.resolve("browser")));
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(driver.orElseThrow().toFile())
                .build(),
            options);
    screen(1280, 900, false);
    prefer("light");
    Files.createDirectories(SCREENSHOTS);
    browser.get(watched.address("/").toString());
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.quit();
    }
    if (watched != null) {
      watched.close();
    }
  }

  @Test
  @Order(1)
  void shouldSayWhatIsAwaitedWhileNothingRuns() throws IOException {
    awaitText("#connection", "Live");

    assertThat(text("#pipeline")).isEqualTo("demo");
    assertThat(text("#versions-empty")).startsWith("Nothing published yet");
    assertThat(text("#c-agreement .empty")).startsWith("Waiting for the first checkpoint");
    assertThat(text("[data-stage=teacher] .state")).isEqualTo("not seen yet");
    screenshot("empty");
  }

  @Test
  @Order(2)
  void shouldShowWhatTheTopicsSay() throws Exception {
    fill();

    awaitText("#f-agreement", "78.3 %");
    awaitText("#f-averaged", "80.1 %");
    assertThat(text("#n-agreement")).isEqualTo("KL 0.412 nats");
    assertThat(text("#n-averaged")).isEqualTo("KL 0.387 nats");
    awaitText("[data-stage=teacher] .lag", "7");
    awaitText("[data-stage=trainer] .state", "running");
    await().atMost(PATIENCE).until(() -> text("[data-stage=teacher] .rate").matches("\\d+"));
    assertThat(text("#f-size")).isEqualTo("4.2 MB");
    assertThat(text("#n-size")).isEqualTo("26 % of fp32");
    assertThat(text("#f-dead")).isEqualTo("1");
    assertThat(rows("#versions")).hasSize(10);
    assertThat(rows("#versions").get(0)).contains("int8-dynamic", "4.2 MB", "16.2 MB", "99.6 %");
    assertThat(rows("#devices").get(0)).contains("kiosk-7", "SHA-256");
    assertThat(browser.findElements(By.cssSelector(".plot canvas"))).hasSize(4);
    screenshot("desktop-light");
  }

  @Test
  @Order(3)
  void shouldFollowWithoutBeingReloaded() {
    browser.executeScript("window.visit = 'same'");

    watched.send(TestRecords.checkpoint(13, 26_000, 0.81, 0.33));
    watched.send(TestRecords.update(13, 26_000, 0.81, Instant.now()));

    awaitText("#f-devices", "v13");
    awaitText("#f-records", "26,000");
    assertThat(rows("#versions").get(0)).startsWith("13 ");
    assertThat(text("#c-agreement figcaption"))
        .contains("newest weights\n81.0 %", "published (averaged)\n83.0 %");
    assertThat(text("#c-kl figcaption"))
        .contains("newest weights\n0.330", "published (averaged)\n0.280");
    // What devices get is what a version is judged by.
    assertThat(rows("#versions").get(0)).contains("83.0 %").doesNotContain("81.0 %");
    assertThat(browser.executeScript("return window.visit")).isEqualTo("same");

    // Of these weights nothing is known; the newest ones' figure must not stand for it.
    watched.send(TestRecords.withoutAverage(TestRecords.update(14, 28_000, 0.81, Instant.now())));

    awaitText("#f-devices", "v14");
    assertThat(rows("#versions").get(0)).startsWith("14 ").contains("–").doesNotContain("81.0 %");
  }

  @Test
  @Order(4)
  void shouldFitAPhone() throws IOException {
    screen(360, 740, true);

    await().atMost(PATIENCE).until(() -> overflow() == 0);
    await()
        .atMost(PATIENCE)
        .until(() -> number("return document.querySelector('.plot canvas').clientWidth") <= 336);
    screenshot("phone");
    screen(320, 640, true);
    await().atMost(PATIENCE).until(() -> overflow() == 0);
  }

  @Test
  @Order(5)
  void shouldFollowTheColourScheme() throws IOException {
    screen(1280, 900, false);
    prefer("light");
    await().atMost(PATIENCE).until(() -> background().equals("rgb(245, 246, 247)"));
    prefer("dark");

    await().atMost(PATIENCE).until(() -> background().equals("rgb(16, 21, 27)"));
    screenshot("desktop-dark");
  }

  @Test
  @Order(6)
  void shouldNotShiftWhileItUpdates() {
    browser.executeScript(
        "window.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach("
            + "e => { window.shifts += e.value; })).observe({type: 'layout-shift'});"
            + "window.updates = 0; new MutationObserver(() => window.updates++).observe("
            + "document.querySelector('#stages'), {subtree: true, childList: true,"
            + " characterData: true});");

    await().atMost(PATIENCE).until(() -> number("return window.updates") >= 3);

    assertThat(number("return window.shifts")).isLessThan(0.01);
  }

  @Test
  @Order(7)
  void shouldLogNoErrors() {
    List<String> errors =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
            .map(LogEntry::getMessage)
            .toList();

    assertThat(errors).isEmpty();
  }

  @Test
  @Order(8)
  void shouldSayWhenTheMonitorIsGone() {
    watched.monitor.close();

    awaitText("#connection", "Connection lost, trying again");
  }

  private static void fill() throws Exception {
    watched.keepStagesRunning();
    watched.leaveWaiting(WatchedStage.TEACHER, 30, 7);
    watched.leaveWaiting(WatchedStage.TRAINER, 30, 3);
    Instant now = Instant.now();
    for (int version = 1; version <= 12; version++) {
      long records = version * 2_000L;
      double agreement = 0.80 - 0.5 * Math.exp(-version / 3.0);
      double kl = 0.35 + 1.6 * Math.exp(-version / 3.0);
      Instant at = now.minusSeconds(20L * (12 - version));
      watched.send(TestRecords.checkpoint(version, records, agreement, kl));
      watched.send(TestRecords.update(version, records, agreement, at));
      Duration newest = Duration.ofMillis(4_000 + 300L * (version * 7 % 5));
      Duration oldest = Duration.ofMillis(19_000 + 900L * (version * 7 % 5));
      watched.send(
          TestRecords.installed("kiosk-1", version, at.plusSeconds(2), newest, oldest, 2_000));
    }
    watched.send(TestRecords.installed("kiosk-7", 9, now, Duration.ofSeconds(21), 500));
    watched.send(
        TestRecords.rejected(
            "kiosk-7", 12, now.plusSeconds(3), "Blob artifact-12 is damaged: SHA-256 is 4be1"));
    watched.sendDeadLetter("Cannot decode a record of demo.requests: unknown magic byte");
  }

  /** A screen of this size in CSS pixels; the window itself cannot be as narrow as a phone. */
  private static void screen(int width, int height, boolean mobile) {
    Map<String, Object> metrics =
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile);
    browser.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
  }

  private static void prefer(String scheme) {
    Map<String, Object> feature = Map.of("name", "prefers-color-scheme", "value", scheme);
    browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  private static double overflow() {
    return number(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  private static String background() {
    return String.valueOf(
        browser.executeScript("return getComputedStyle(document.body).backgroundColor"));
  }

  private static double number(String script) {
    return browser.executeScript(script) instanceof Number value ? value.doubleValue() : Double.NaN;
  }

  private static List<String> rows(String table) {
    return browser.findElements(By.cssSelector(table + " tbody tr")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private static String text(String selector) {
    return browser.findElement(By.cssSelector(selector)).getText();
  }

  private static void awaitText(String selector, String expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(text(selector)).as(selector).isEqualTo(expected));
  }

  private static void screenshot(String name) throws IOException {
    Map<String, Object> whole = Map.of("format", "png", "captureBeyondViewport", true);
    String image =
        String.valueOf(browser.executeCdpCommand("Page.captureScreenshot", whole).get("data"));
    Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(image));
  }

  private static Optional<Path> firstOf(String... candidates) {
    return Stream.of(candidates).map(Path::of).filter(Files::isExecutable).findFirst();
  }
}
