package io.distillstream.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the tests of the page's scripts, {@code src/test/js}, where there is Node.js: they hold the
 * scripts to what Java makes of the same inputs. The scripts themselves need no Node.js.
 */
class PageScriptsTest {

  private static final int OLDEST_NODE = 20;
  private static final Path SCRIPTS = Path.of("src/main/resources/io/distillstream/gateway/device");
  private static final Path TESTS = Path.of("src/test/js");
  private static final Path TOKEN_IDS =
      Path.of("../model-format/src/test/resources/io/distillstream/model/token-ids.json");

  @TempDir private Path folder;

  @Test
  void shouldPassTheTestsOfTheScripts() throws Exception {
    assumeTrue(hasNode(), "Node.js");
    copy(SCRIPTS, folder.resolve("page"));
    copy(TESTS, folder);
    Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
    Files.copy(TOKEN_IDS, folder.resolve("token-ids.json"));
    PageFixtures.write(folder);

    Result result = run(folder, "node", "--test", "--test-reporter=tap");

    assertThat(result.exitCode()).as(result.output()).isZero();
    Matcher passed = Pattern.compile("(?m)^# pass (\\d+)$").matcher(result.output());
    assertThat(passed.find()).as(result.output()).isTrue();
    assertThat(Integer.parseInt(passed.group(1))).isGreaterThan(30);
  }

  private static boolean hasNode() throws Exception {
    Matcher version =
        Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL)
            .matcher(run(Path.of("."), "node", "--version").output());
    boolean found = version.matches() && Integer.parseInt(version.group(1)) >= OLDEST_NODE;
    if (!found) {
      System.err.println(
          "PageScriptsTest IS SKIPPED: no Node.js from version %d on; the page's scripts are untested"
              .formatted(OLDEST_NODE));
    }
    return found;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  private record Result(int exitCode, String output) {}

  private static Result run(Path folder, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(List.of(command))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), output);
  }
}
