package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.monitor.view.TestRecords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, on real records. Ordered, since it is one visit: the page opens on an
 * empty pipeline and must fill by itself. Screenshots are left in {@code target/screenshots}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MonitorPageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private static WatchedPipeline watched;
  private static PageBrowser browser;

  @BeforeAll
  static void open() throws IOException {
    Assumptions.assumeTrue(PageBrowser.installed("MonitorPageIT"), "Chromium is installed");
    watched = new WatchedPipeline(folder);
    browser = PageBrowser.open(folder);
    browser.visit(watched.address("/"));
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
    if (watched != null) {
      watched.close();
    }
  }

  @Test
  @Order(1)
  void shouldSayWhatIsAwaitedWhileNothingRuns() {
    browser.awaitText("#connection", "Live");

    assertThat(browser.text("#pipeline")).isEqualTo("demo");
    assertThat(browser.text("#versions-empty")).startsWith("Nothing published yet");
    assertThat(browser.text("#c-agreement .empty")).startsWith("Waiting for the first checkpoint");
    assertThat(browser.text("[data-stage=teacher] .state")).isEqualTo("not seen yet");
    // Nobody misses a signer where updates are not signed.
    assertThat(browser.text("[data-stage=signer]")).isEmpty();
    browser.screenshot("empty");
  }

  @Test
  @Order(2)
  void shouldShowWhatTheTopicsSay() throws Exception {
    PageRecords.fill(watched);

    browser.awaitText("#f-agreement", "78.3 %");
    browser.awaitText("#f-averaged", "80.1 %");
    assertThat(browser.text("#n-agreement")).isEqualTo("KL 0.412 nats");
    assertThat(browser.text("#n-averaged")).isEqualTo("KL 0.387 nats");
    browser.awaitText("[data-stage=teacher] .lag", "7");
    assertThat(browser.text("[data-stage=teacher] .age")).matches(".+ old");
    browser.awaitText("[data-stage=trainer] .state", "running");
    assertThat(browser.text("[data-stage=trainer] .topic")).isEqualTo("training-examples");
    browser.awaitText("[data-stage=signer] .state", "running");
    await()
        .atMost(PATIENCE)
        .until(() -> browser.text("[data-stage=teacher] .rate").matches("\\d+"));
    // Each topic is read at its own pace, so what comes from another one is waited for.
    browser.awaitText("#f-size", "4.2 MB");
    assertThat(browser.text("#n-size")).isEqualTo("26 % of fp32");
    browser.awaitText("#f-dead", "1");
    await().atMost(PATIENCE).until(() -> browser.rows("#devices").size() == 2);
    await().atMost(PATIENCE).until(() -> browser.rows("#versions").get(0).startsWith("12 "));
    assertThat(browser.rows("#versions")).hasSize(10);
    assertThat(browser.rows("#versions").get(0))
        .contains("int8-dynamic", "4.2 MB", "16.2 MB", "99.6 %");
    assertThat(browser.rows("#devices").get(0)).contains("kiosk-7", "SHA-256");
    assertThat(browser.count(".plot canvas")).isEqualTo(4);
    browser.screenshot("desktop-light");
  }

  @Test
  @Order(3)
  void shouldFollowWithoutBeingReloaded() {
    browser.run("window.visit = 'same'");

    watched.send(TestRecords.checkpoint(13, 26_000, 0.81, 0.33));
    watched.send(TestRecords.update(13, 26_000, 0.81, Instant.now()));

    browser.awaitText("#f-devices", "v13");
    browser.awaitText("#f-records", "26,000");
    assertThat(browser.rows("#versions").get(0)).startsWith("13 ");
    assertThat(browser.text("#c-agreement figcaption"))
        .contains("newest weights\n81.0 %", "published (averaged)\n83.0 %");
    assertThat(browser.text("#c-kl figcaption"))
        .contains("newest weights\n0.330", "published (averaged)\n0.280");
    // What devices get is what a version is judged by.
    assertThat(browser.rows("#versions").get(0)).contains("83.0 %").doesNotContain("81.0 %");
    assertThat(browser.run("return window.visit")).isEqualTo("same");

    // Of these weights nothing is known; the newest ones' figure must not stand for it.
    watched.send(TestRecords.withoutAverage(TestRecords.update(14, 28_000, 0.81, Instant.now())));

    browser.awaitText("#f-devices", "v14");
    assertThat(browser.rows("#versions").get(0))
        .startsWith("14 ")
        .contains("–")
        .doesNotContain("81.0 %");
  }

  @Test
  @Order(4)
  void shouldShowHowGoodTheStudentIsAndMarkWhatWasRefused() {
    PageRecords.fillWithHeldOut(watched);

    browser.awaitText("#f-held-out", "80.0 %");
    browser.awaitText("#f-refused", "2");
    await()
        .atMost(PATIENCE)
        .until(() -> browser.content("#events").contains("agreement fell from 0.794"));
    // Sent last, on a topic of its own.
    await().atMost(PATIENCE).until(() -> browser.rows("#versions").get(0).startsWith("24 "));
    assertThat(browser.text("#n-held-out")).isEqualTo("KL 0.350 nats, 2,000 requests");
    assertThat(browser.text("#n-held-out-truth")).isEqualTo("accuracy 77.0 %, ECE 0.041");
    assertThat(browser.text("#n-held-out-newest")).isEqualTo("newest weights 79.0 %");
    assertThat(browser.text("#f-replayed")).isEqualTo("43,200");
    assertThat(browser.text("#f-kept")).isEqualTo("2,400");
    assertThat(browser.text("#about-scores")).contains("Held-out", "Prequential");
    assertThat(browser.text("#c-agreement figcaption"))
        .contains(
            "held out, published\n80.0 %", "prequential, newest weights\n97.0 %", "refused\n2");

    assertThat(browser.rows("#versions").get(0))
        .startsWith("24 ")
        .contains("80.0 %", "+0.4 pts vs v22");
    assertThat(browser.rows("#versions").get(1))
        .startsWith("23 refused 46,000 – −4.0 pts vs v22 agreement 0.760 against 0.800");
    assertThat(browser.attribute("#versions tbody tr:nth-child(2) td:nth-child(4)", "title"))
        .isEqualTo(
            "overlap 76.0 % against 80.0 %, lower bound −5.2 pts, margin 1.0 pts,"
                + " 2,000 held-out requests, look 2 at this incumbent");
    assertThat(browser.rows("#labels")).hasSize(10);
    assertThat(browser.rows("#labels").get(0)).startsWith("noun.cognition 65.0 %");
    assertThat(browser.text("#labels-empty")).startsWith("The 10 lowest of 16 labels");
    assertThat(browser.text("#events li"))
        .contains("Refused", "version 23 · stable", "46,000 records");
    assertThat(browser.text("#events li:nth-child(2)")).contains("Drift", "agreement fell");
  }

  @Test
  @Order(5)
  void shouldSayOfAMarkWhatWasRefusedAndWhy() {
    String words =
        "Version 23 refused on stable at 46,000 records: agreement 0.760 against 0.800 of version"
            + " 22";
    assertThat(browser.content("#c-agreement ul li:nth-child(2)")).isEqualTo(words);
    assertThat(browser.count("#c-agreement .refusal")).isEqualTo(2);

    browser.pointAt("#c-agreement .refusal:last-child");

    browser.awaitText("#c-agreement .tip", words);
    browser.screenshot("held-out-light");
  }

  @Test
  @Order(6)
  void shouldHaveRoomForLongFigures() {
    String overfull =
        """
        for (const [selector, long] of [['.lag', '≤\\u00a01,234,567'], ['.rate', '123,456'],
          ['.age', '23 h 12 min old'], ['.lost', 'lost: 1,234,567']]) {
          document.querySelectorAll('#stages ' + selector).forEach(e => e.textContent = long);
        }
        return [...document.querySelectorAll('#stages .carried, #stages .waiting')]
          .filter(side => side.scrollWidth > side.clientWidth).length;
        """;
    for (int width : new int[] {2_560, 1_280, 1_200, 800, 320}) {
      browser.screen(width, 900, width < 700);

      assertThat(browser.number(overfull)).as("arrows too narrow at %d px", width).isZero();
    }
    await().atMost(PATIENCE).until(() -> !browser.text("#stages .rate").equals("123,456"));
  }

  @Test
  @Order(7)
  void shouldGrowOnAWall() {
    browser.screen(1_280, 900, false);
    String size = "return parseFloat(getComputedStyle(document.querySelector('.rate')).fontSize)";
    String width = "return document.querySelector('#stages').clientWidth";
    double deskSize = browser.number(size);
    double deskWidth = browser.number(width);

    browser.screen(2_560, 1_440, false);

    await().atMost(PATIENCE).until(() -> browser.overflow() == 0);
    assertThat(browser.number(size)).isGreaterThan(1.5 * deskSize);
    assertThat(browser.number(width)).isGreaterThan(1.8 * deskWidth);
    browser.screenshot("wall");
  }

  @Test
  @Order(8)
  void shouldFitAPhone() {
    browser.screen(360, 740, true);

    await().atMost(PATIENCE).until(() -> browser.overflow() == 0);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser.number("return document.querySelector('.plot canvas').clientWidth") <= 336);
    browser.screenshot("phone");
    browser.screen(320, 640, true);
    await().atMost(PATIENCE).until(() -> browser.overflow() == 0);
  }

  @Test
  @Order(9)
  void shouldFollowTheColourScheme() {
    browser.screen(1280, 900, false);
    browser.prefer("light");
    await().atMost(PATIENCE).until(() -> browser.background().equals("rgb(245, 246, 247)"));
    browser.prefer("dark");

    await().atMost(PATIENCE).until(() -> browser.background().equals("rgb(16, 21, 27)"));
    browser.screenshot("desktop-dark");
  }

  @Test
  @Order(10)
  void shouldNotShiftWhileItUpdates() {
    browser.run(
        "window.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach("
            + "e => { window.shifts += e.value; })).observe({type: 'layout-shift'});"
            + "window.updates = 0; new MutationObserver(() => window.updates++).observe("
            + "document.querySelector('#stages'), {subtree: true, childList: true,"
            + " characterData: true});");

    await().atMost(PATIENCE).until(() -> browser.number("return window.updates") >= 3);

    assertThat(browser.number("return window.shifts")).isLessThan(0.01);
  }

  @Test
  @Order(11)
  void shouldLogNoErrors() {
    List<String> errors = browser.errors();

    assertThat(errors).isEmpty();
  }

  @Test
  @Order(12)
  void shouldWeighLittleAndNeedNoOtherHost() {
    String loaded =
        "performance.getEntries().filter(e => ['navigation', 'resource'].includes(e.entryType))";

    assertThat(browser.run("return " + loaded + ".map(e => new URL(e.name).origin)"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSizeGreaterThan(10)
        .containsOnly(watched.address("").toString());
    assertThat(browser.number("return " + loaded + ".reduce((n, e) => n + e.decodedBodySize, 0)"))
        .isBetween(100_000.0, 300_000.0);
  }

  @Test
  @Order(13)
  void shouldSayWhenTheMonitorIsGoneAndGoOnWithTheNext() {
    browser.run("window.visit = 'same'");

    watched.restartMonitor(() -> browser.awaitText("#connection", "Connection lost, trying again"));

    browser.awaitText("#connection", "Live");
    // It has read the topics again.
    browser.awaitText("#f-refused", "2");
    await().atMost(PATIENCE).until(() -> browser.rows("#versions").get(0).startsWith("24 "));
    assertThat(browser.count("#c-agreement .refusal")).isEqualTo(2);
    assertThat(browser.run("return window.visit")).isEqualTo("same");
  }
}
