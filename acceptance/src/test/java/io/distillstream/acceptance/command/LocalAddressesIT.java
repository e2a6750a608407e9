package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.acceptance.LocalProcess;
import io.distillstream.local.terminal.PrintedQrCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code local} prints on its way: addresses that can be used, and none of others' log. */
class LocalAddressesIT {

  private static final Map<String, String> ANY_FREE_PORTS =
      Map.of(
          "local.broker-port", "0",
          "local.registry-port", "0",
          "teacher.http.port", "0",
          "monitor.port", "0",
          "gateway.port", "0");

  @Test
  void shouldPrintThePortsThatAreReallyBound(@TempDir Path folder) throws Exception {
    try (LocalProcess local = new LocalProcess(folder, ANY_FREE_PORTS)) {
      local.start();
      Awaitility.await()
          .atMost(Duration.ofMinutes(4))
          .until(() -> local.log().contains("logs/local.log"));
      String printed = local.log();
      assertThat(status(address(printed, "page") + "/health/live")).isEqualTo(200);
      assertThat(status(address(printed, "teacher").replace("/v1/predict", "/health/live")))
          .isEqualTo(200);
      assertThat(status(address(printed, "gateway") + "/v1/models")).isEqualTo(200);
      assertThat(address(printed, "device")).matches("http://.*/device/#root=[0-9a-f]{64}");
      assertThat(status(address(printed, "device"))).isEqualTo(200);
      assertThat(PrintedQrCode.isIn(printed)).isFalse();
      assertThat(status(address(printed, "registry") + "/subjects")).isEqualTo(200);
      assertThat(List.of(address(printed, "broker").split(":", -1)).get(1)).isNotEqualTo("0");
      local.stop();
      assertThat(local.log()).doesNotContain("WARN", "ERROR");
    }
  }

  private static String address(String printed, String name) {
    Matcher line = Pattern.compile("(?m)^  " + name + " +(\\S+)$").matcher(printed);
    assertThat(line.find()).as("the line of %s in:%n%s", name, printed).isTrue();
    return line.group(1);
  }

  private static int status(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
