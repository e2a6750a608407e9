package io.distillstream.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.chaos.traffic.GlossTraffic;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole stack from {@code docker-compose.yml}: up, fed, to a device's update, and down. */
class ComposeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final List<String> STAGES =
      List.of("teacher", "trainer", "quantizer", "signer", "monitor", "gateway", "device");

  private static final Predicate<String> INSTALLED =
      Pattern.compile("version \\d+ installed").asPredicate();

  @TempDir static Path folder;
  private static ComposeStack stack;

  @BeforeAll
  static void open() throws Exception {
    Assumptions.assumeTrue(ContainerEngine.available("ComposeIT"), "a container engine runs");
    long start = System.nanoTime();
    stack =
        ComposeStack.up(
            "distillstream-it", List.of("docker-compose.yml"), List.of("devices"), folder);
    long up = System.nanoTime();
    try (GlossTraffic traffic =
        new GlossTraffic(
            stack.teacher(), stack.cluster("KAFKA_PORT"), new Pipeline("distillstream"), 20)) {
      await("a device's second update")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> stack.logs("device").lines().filter(INSTALLED).count() >= 2);
      traffic.finish();
    }
    System.out.printf(
        "containers: healthy after %d s, a device has its second update after %d s; the image has"
            + " %s bytes%n",
        Duration.ofNanos(up - start).toSeconds(),
        Duration.ofNanos(System.nanoTime() - start).toSeconds(),
        ContainerEngine.docker("image", "inspect", "--format={{.Size}}", ContainerEngine.IMAGE)
            .strip());
  }

  @AfterAll
  static void close() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void shouldRunWithoutPrivileges() {
    int checked = 0;
    for (String container : stack.containers()) {
      String[] facts =
          ContainerEngine.docker(
                  "inspect",
                  "--format={{.Config.Image}} {{.Config.User}} {{.HostConfig.ReadonlyRootfs}}"
                      + " {{.HostConfig.CapDrop}}",
                  container)
              .strip()
              .split(" ");
      if (facts[0].equals(ContainerEngine.IMAGE)) {
        assertThat(facts).containsExactly(ContainerEngine.IMAGE, "10001:10001", "true", "[ALL]");
        checked++;
      }
    }
    assertThat(checked).isEqualTo(STAGES.size() + 1);
  }

  @Test
  void shouldKeepWhatItHasToItself() {
    assertThat(
            stack.run(
                "exec", "--no-TTY", "trainer", "stat", "--format=%A %u", "/data/distillstream"))
        .startsWith("drwx------ 10001");
    assertThat(stack.run("exec", "--no-TTY", "trainer", "ls", "/data").lines())
        .containsExactlyInAnyOrder("README.txt", "distillstream");
    assertThat(stack.run("exec", "--no-TTY", "quantizer", "ls", "/trust/repository/keys"))
        .contains("student-stable.pem");
  }

  @Test
  void shouldPrintNoTraceOfErrors() {
    for (String stage : STAGES) {
      assertThat(stack.logs(stage))
          .as(stage)
          .doesNotContain("\tat ")
          .doesNotContain("Exception")
          .doesNotContainIgnoringCase("error");
    }
  }

  @Test
  void shouldTellNobodyTheToken() {
    String told = ContainerEngine.docker("image", "inspect", ContainerEngine.IMAGE);
    for (String container : stack.containers()) {
      told += ContainerEngine.docker("inspect", container);
    }
    for (String stage : STAGES) {
      told += stack.logs(stage);
    }
    assertThat(told).doesNotContain(ComposeStack.TOKEN);
  }

  @Test
  void shouldShowThePipelineToThisMachine() throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    String status =
        client
            .send(
                HttpRequest.newBuilder(stack.monitor().resolve("/api/status")).build(),
                BodyHandlers.ofString())
            .body();
    assertThat(status).contains("\"connected\":true").contains("\"pipeline\":\"distillstream\"");
    // What the Helm chart has KEDA scale by.
    Map<String, Boolean> numbers = new HashMap<>();
    for (JsonNode stage : new ObjectMapper().readTree(status).get("stages")) {
      numbers.put(stage.get("name").asText(), stage.get("lag").isNumber());
    }
    assertThat(numbers).containsEntry("teacher", true).containsEntry("joiner", true);
  }

  @Test
  void shouldSayWhatItIsMadeOf() {
    String bill =
        stack.run(
            "exec", "--no-TTY", "teacher", "head", "-c", "2000", "/opt/distillstream/bom.json");
    assertThat(bill).contains("CycloneDX");
  }
}
