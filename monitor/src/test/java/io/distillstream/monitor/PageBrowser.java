package io.distillstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real browser without a window: a light desktop screen at first. Owns its process. */
public final class PageBrowser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final Optional<Path> CHROMIUM =
      firstOf("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
  private static final Optional<Path> DRIVER =
      firstOf("/usr/bin/chromedriver", "/usr/bin/chromium.chromedriver");

  private final ChromeDriver driver;

  private PageBrowser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Whether there is one; says so where not, and which test is left out. */
  public static boolean installed(String test) {
    boolean installed = CHROMIUM.isPresent() && DRIVER.isPresent();
    if (!installed) {
      System.err.println(
          test + " IS SKIPPED: no Chromium with its chromedriver; the page is untested");
    }
    return installed;
  }

  public static PageBrowser open(Path folder) throws IOException {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.orElseThrow().toFile());
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
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.orElseThrow().toFile())
            .build();
    PageBrowser browser = new PageBrowser(new ChromeDriver(service, options));
    browser.screen(1280, 900, false);
    browser.prefer("light");
    return browser;
  }

  public void visit(URI address) {
    driver.get(address.toString());
  }

  public @Nullable Object run(String script) {
    return driver.executeScript(script);
  }

  public int count(String selector) {
    return driver.findElements(By.cssSelector(selector)).size();
  }

  /** What the page holds, seen or not. */
  public String content(String selector) {
    return String.valueOf(
        driver.findElement(By.cssSelector(selector)).getDomProperty("textContent"));
  }

  public String attribute(String selector, String name) {
    return String.valueOf(driver.findElement(By.cssSelector(selector)).getDomAttribute(name));
  }

  void press(String selector, Keys key) {
    driver.findElement(By.cssSelector(selector)).sendKeys(key);
  }

  void pointAt(String selector) {
    new Actions(driver).moveToElement(driver.findElement(By.cssSelector(selector))).perform();
  }

  /** Warnings and errors that the page logged. */
  public List<String> errors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /**
   * What axe finds against accessibility, of every impact: impact, rule, element.
   *
   * @param axe the script of axe-core
   */
  List<String> findings(String axe) {
    driver.manage().timeouts().scriptTimeout(PATIENCE.multipliedBy(4));
    driver.executeScript(axe);
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then(
              ({violations}) => done(violations.flatMap(({impact, id, nodes}) =>
                nodes.map(({html}) => `${impact} ${id} ${html}`))),
              (failure) => done([`axe failed: ${failure}`]));
            """);
    return strings(found);
  }

  /** A screen of this size in CSS pixels; the window itself cannot be as narrow as a phone. */
  public void screen(int width, int height, boolean mobile) {
    Map<String, Object> metrics =
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile);
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
  }

  public void prefer(String scheme) {
    Map<String, Object> feature = Map.of("name", "prefers-color-scheme", "value", scheme);
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  public double overflow() {
    return number(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  String background() {
    return String.valueOf(
        driver.executeScript("return getComputedStyle(document.body).backgroundColor"));
  }

  double number(String script) {
    return driver.executeScript(script) instanceof Number value ? value.doubleValue() : Double.NaN;
  }

  /** All at one moment, since a row may be gone at the next; cells are parted by a space. */
  List<String> rows(String table) {
    Object rows =
        driver.executeScript(
            "return [...document.querySelectorAll(arguments[0])]"
                + ".map(row => row.innerText.replace(/\\s+/g, ' ').trim())",
            table + " tbody tr");
    return strings(rows);
  }

  private static List<String> strings(@Nullable Object array) {
    return ((List<?>) Objects.requireNonNull(array)).stream().map(String::valueOf).toList();
  }

  public String text(String selector) {
    return driver.findElement(By.cssSelector(selector)).getText();
  }

  public void awaitText(String selector, String expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(text(selector)).as(selector).isEqualTo(expected));
  }

  /** The whole page, as {@code target/screenshots/NAME.png}. */
  public void screenshot(String name) {
    Map<String, Object> whole = Map.of("format", "png", "captureBeyondViewport", true);
    String image =
        String.valueOf(driver.executeCdpCommand("Page.captureScreenshot", whole).get("data"));
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(image));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a screenshot", e);
    }
  }

  private static Optional<Path> firstOf(String... candidates) {
    return Stream.of(candidates).map(Path::of).filter(Files::isExecutable).findFirst();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
