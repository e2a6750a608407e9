package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.monitor.view.TestRecords;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/**
 * The page by keyboard, and as axe judges it, in both colour schemes, on a phone and on a desk.
 * {@code .ci/run} fetches axe-core, whose script the variable {@code AXE_CORE} names; without it
 * nobody judges, and without Chromium all of this is skipped.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageAccessibilityIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String AXE = System.getenv().getOrDefault("AXE_CORE", "");

  @TempDir static Path folder;
  private static WatchedPipeline watched;
  private static PageBrowser browser;

  @BeforeAll
  static void open() throws IOException {
    Assumptions.assumeTrue(PageBrowser.installed("PageAccessibilityIT"), "Chromium is installed");
    if (AXE.isEmpty()) {
      System.err.println(
          "PageAccessibilityIT IS SKIPPED IN PART: AXE_CORE names no axe; .ci/run fetches it");
    }
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
  void shouldBeAccessibleWhileNothingRuns() throws IOException {
    browser.awaitText("#connection", "Live");

    requireNoFindings();
  }

  @Test
  @Order(2)
  void shouldOpenAVersionToItsLineageByKeyboard() throws Exception {
    PageRecords.fill(watched);
    PageRecords.fillWithHeldOut(watched);
    browser.awaitText("#f-refused", "2");
    await().atMost(PATIENCE).until(() -> browser.rows("#versions").get(0).startsWith("24 "));
    String button = "#versions tbody tr:nth-child(2) button";
    assertThat(browser.attribute(button, "aria-expanded")).isEqualTo("false");

    browser.press(button, Keys.ENTER);

    browser.awaitText(".detail dt", "Refused");
    assertThat(browser.attribute(button, "aria-expanded")).isEqualTo("true");
    assertThat(browser.text(".detail"))
        .contains("agreement 0.760 against 0.800 of version 22", "lower bound −5.2 pts")
        .contains("Previous version\n22", "Teachers\nminilm 5d9cfc4a4a0d")
        .contains("1,000 offsets of training-examples, by partition 0: 45,000 to 45,999");
    // A newer version comes: what is open, and the focus in it, stay where they are.
    watched.send(TestRecords.update(25, 50_000, 0.81, Instant.now()));
    await().atMost(PATIENCE).until(() -> browser.rows("#versions").get(0).startsWith("25 "));
    assertThat(browser.rows("#versions").get(3)).startsWith("Refused");
    assertThat(browser.run("return document.activeElement.textContent")).isEqualTo("23 refused");
  }

  @Test
  @Order(3)
  void shouldTellTheLagOfEachGroup() {
    assertThat(browser.text("#groups-sum")).matches("\\d+ watched, \\d+ behind");

    browser.press("summary", Keys.ENTER);

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                browser.rows("#groups").stream()
                    .anyMatch(row -> row.matches("demo.teacher demo.requests 4 Empty 7 .+ 0")));
    browser.screenshot("opened");
  }

  @Test
  @Order(4)
  void shouldTellWhatATransactionThatDoesNotEndHoldsBack() {
    String series =
        "distillstream_partition_held_back_seconds{cluster_name=\"it\",partition=\"0\",topic=\"demo.held-out\"} ";
    try (Producer<String, byte[]> open = watched.holdBack(Topics.HELD_OUT)) {
      await().atMost(PATIENCE).until(() -> metric(series) > 1);
      open.abortTransaction();
    }
    await().atMost(PATIENCE).until(() -> metric(series) == 0);

    // As after a minute of it, shown until the next figures come.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              browser.run(
                  "import('/assets/tables.js').then(({groups}) => groups({total: 1, rows: [{group:"
                      + " 'g', topic: 't', partitions: 4, state: 'Empty', members: 0, lag: {records:"
                      + " 0, seconds: 0, exact: true, lost: 0}, held_back_seconds: 300}]}))");
              return browser.rows("#groups").equals(List.of("g t 4 Empty 0 held back for 5 min 0"))
                  && browser.text("#groups-sum").equals("1 watched, 0 behind, 1 held back");
            });
    browser.screenshot("held-back");
  }

  private static double metric(String series) throws Exception {
    return watched
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .sum();
  }

  @Test
  @Order(5)
  void shouldBeAccessibleWithEverythingOpen() throws IOException {
    browser.awaitText("[data-stage=signer] .state", "running");
    browser.run("for (const row of document.querySelectorAll('#versions button')) row.click()");
    await().atMost(PATIENCE).until(() -> browser.count("#versions .detail") > 2);

    requireNoFindings();
  }

  @Test
  @Order(6)
  void shouldHaveAJudgeThatFindsFaults() throws IOException {
    Assumptions.assumeFalse(AXE.isEmpty(), "AXE_CORE is set, by .ci/run");
    browser.run(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
            + " '<img src=\"/assets/icon.svg\">')");

    assertThat(browser.findings(Files.readString(Path.of(AXE))))
        .anyMatch(finding -> finding.startsWith("critical image-alt"));
  }

  private static void requireNoFindings() throws IOException {
    Assumptions.assumeFalse(AXE.isEmpty(), "AXE_CORE is set, by .ci/run");
    String axe = Files.readString(Path.of(AXE));
    for (String scheme : new String[] {"light", "dark"}) {
      for (int width : new int[] {360, 1_280}) {
        browser.prefer(scheme);
        browser.screen(width, 900, width < 700);

        assertThat(browser.findings(axe)).as("%s, %d px", scheme, width).isEmpty();
      }
    }
  }
}
