package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.TrainingEventKind;
import io.distillstream.monitor.view.TestRecords;
import io.distillstream.monitor.view.WatchedStage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    browser.screenshot("empty");
  }

  @Test
  @Order(2)
  void shouldShowWhatTheTopicsSay() throws Exception {
    fill();

    browser.awaitText("#f-agreement", "78.3 %");
    browser.awaitText("#f-averaged", "80.1 %");
    assertThat(browser.text("#n-agreement")).isEqualTo("KL 0.412 nats");
    assertThat(browser.text("#n-averaged")).isEqualTo("KL 0.387 nats");
    browser.awaitText("[data-stage=teacher] .lag", "7");
    assertThat(browser.text("[data-stage=teacher] .unit")).matches("lag · .+ old");
    browser.awaitText("[data-stage=trainer] .state", "running");
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
    fillWithHeldOut();

    browser.awaitText("#f-held-out", "80.0 %");
    browser.awaitText("#f-refused", "2");
    await()
        .atMost(PATIENCE)
        .until(() -> browser.content("#events").contains("agreement fell from 0.794"));
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
  @Order(7)
  void shouldFollowTheColourScheme() {
    browser.screen(1280, 900, false);
    browser.prefer("light");
    await().atMost(PATIENCE).until(() -> browser.background().equals("rgb(245, 246, 247)"));
    browser.prefer("dark");

    await().atMost(PATIENCE).until(() -> browser.background().equals("rgb(16, 21, 27)"));
    browser.screenshot("desktop-dark");
  }

  @Test
  @Order(8)
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
  @Order(9)
  void shouldLogNoErrors() {
    List<String> errors = browser.errors();

    assertThat(errors).isEmpty();
  }

  @Test
  @Order(10)
  void shouldSayWhenTheMonitorIsGone() {
    watched.monitor.close();

    browser.awaitText("#connection", "Connection lost, trying again");
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

  /** A stream that comes in runs: prequential figures swing, held-out ones rise and fall slowly. */
  private static void fillWithHeldOut() {
    Instant now = Instant.now();
    for (int version = 15; version <= 24; version++) {
      long records = version * 2_000L;
      double stream = version % 3 == 0 ? 0.97 : 0.58;
      boolean refused = version == 18 || version == 23;
      double heldOut = refused ? 0.76 : 0.80 - 0.002 * (24 - version);
      double kl = refused ? 0.48 : 0.35 + 0.01 * (24 - version);
      watched.send(
          TestRecords.heldOut(
              TestRecords.checkpoint(version, records, stream, 1.1 - stream), heldOut, kl));
      Instant at = now.minusSeconds(10L * (24 - version));
      if (refused) {
        watched.send(TestRecords.refused(version, records, version - 1L, at));
      } else {
        watched.send(
            TestRecords.compared(
                TestRecords.heldOut(TestRecords.update(version, records, stream, at), heldOut, kl),
                version == 24 ? 22 : version - 1L,
                0.004));
      }
      if (version == 20) {
        String message =
            "agreement fell from 0.794 to 0.702 some 1000 records ago; temperature is 4.00 and"
                + " learning rate 1.00e-03 from now on";
        watched.send(
            TestRecords.event(TrainingEventKind.DRIFT, version, records, message, at).build());
      }
    }
  }
}
