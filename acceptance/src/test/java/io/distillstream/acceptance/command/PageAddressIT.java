package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.local.Distillstream;
import io.distillstream.local.ForeignProgram;
import io.distillstream.local.terminal.PrintedQrCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody at a terminal who starts a gateway is told of its page for browsers. */
class PageAddressIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static EmbeddedCluster cluster;

  @BeforeAll
  static void startCluster() throws Exception {
    ForeignProgram.require("script, of util-linux,", "Debian's bsdutils", "script", "--version");
    cluster = EmbeddedCluster.start(folder.resolve("cluster"));
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldShowAPhoneTheWayToAnAddressThatOthersReach() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "token-of-the-gateway");
    String printed = printed("gateway.host=0.0.0.0", "gateway.token-file=" + token);

    URI address = address(printed);
    assumeThat(address.getHost()).as("this machine's on a network").isNotEqualTo("127.0.0.1");
    assertThat(NetworkInterface.getByInetAddress(InetAddress.getByName(address.getHost())))
        .isNotNull();
    assertThat(PrintedQrCode.read(printed, true)).isEqualTo(address.toString());
    assertThat(printed)
        .doesNotContain("token-of-the-gateway")
        .contains("http://127.0.0.1:" + address.getPort() + "/device/")
        .contains("over https alone");
  }

  @Test
  void shouldShowNoCodeOfLoopback() throws Exception {
    String printed = printed();
    assertThat(address(printed).getHost()).isEqualTo("127.0.0.1");
    assertThat(PrintedQrCode.isIn(printed)).isFalse();
  }

  /** What a gateway prints on a terminal until it runs, where its page answers then. */
  private static String printed(String... settings) throws Exception {
    Path printed = Files.createTempFile(folder, "printed", ".txt");
    Process terminal =
        new ProcessBuilder("script", "-qfec", "exec " + command(settings), "/dev/null")
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      await("a gateway")
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(terminal.isAlive()).as(Files.readString(printed)).isTrue();
                return Files.readString(printed).contains("running gateway for pipeline");
              });
      String text = Files.readString(printed);
      assertThat(status(address(text))).isEqualTo(200);
      return text;
    } finally {
      end(terminal);
    }
  }

  private static String command(String... settings) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "cluster.bootstrap-servers=" + cluster.bootstrapServers(),
                "cluster.registry-url=" + cluster.registryUrl(),
                "data.folder=" + Files.createTempDirectory(folder, "data"),
                "gateway.port=0"));
    all.addAll(List.of(settings));
    Stream<String> words =
        Stream.of(
            "env",
            "TERM=xterm",
            "LC_ALL=C.UTF-8",
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Distillstream.class.getName(),
            "run",
            "gateway");
    return Stream.concat(words, all.stream().flatMap(setting -> Stream.of("--set", setting)))
        .map(word -> "'" + word + "'")
        .collect(Collectors.joining(" "));
  }

  private static void end(Process terminal) throws InterruptedException {
    List<ProcessHandle> all = terminal.descendants().toList();
    terminal.destroy();
    if (!terminal.waitFor(30, TimeUnit.SECONDS)) {
      terminal.destroyForcibly();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }

  private static URI address(String printed) {
    Matcher line = Pattern.compile("(?m)^device +(\\S+)\\r?$").matcher(printed);
    assertThat(line.find()).as("the line of the device in:%n%s", printed).isTrue();
    return URI.create(line.group(1));
  }

  private static int status(URI page) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
