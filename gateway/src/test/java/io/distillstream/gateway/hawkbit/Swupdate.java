package io.distillstream.gateway.hawkbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * SWUpdate as a daemon that asks its server once when it starts and then when a test says so. What
 * a test says of an update goes over the same connection that SWUpdate's polls do, unguarded: said
 * while it polls, either may be lost. So it polls when it is told to, and is spoken to in between.
 */
final class Swupdate implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The longest path of a socket; a longer one is cut off without a word. */
  private static final int LONGEST_SOCKET = 107;

  /** What it writes each time that it has done all there was to do; it quotes it elsewhere. */
  private static final Pattern IDLE =
      Pattern.compile("(?m)^\\[DEBUG] : SWUPDATE running : +\\[suricatta_wait] : Sleeping for ");

  private final Process process;
  private final Path temporary;
  private final Path log;

  private Swupdate(Process process, Path temporary, Path log) {
    this.process = process;
    this.temporary = temporary;
    this.log = log;
  }

  /**
   * Starts one. Its first request is no more than that: it looks for updates when it is told to.
   *
   * @param folder empty, for its sockets and its log; no two daemons may have the same
   * @param id as the gateway knows it
   * @param trusted the certificate of whoever may sign images
   */
  static Swupdate start(Path folder, URI gateway, String id, String key, Path trusted)
      throws IOException {
    Path log = folder.resolve("swupdate.log");
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    assertThat(temporary.resolve("sockinstctrl").toString().length())
        .as("length of %s", temporary)
        .isLessThanOrEqualTo(LONGEST_SOCKET);
    ProcessBuilder command =
        new ProcessBuilder(
                "swupdate",
                "--loglevel",
                "5",
                "--key",
                trusted.toString(),
                "--hwrevision",
                "kiosk:1",
                "--suricatta",
                "-t DEFAULT -u %s -i %s -k %s".formatted(gateway, id, key))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    command.environment().put("TMPDIR", temporary.toString());
    Swupdate started = new Swupdate(command.start(), temporary, log);
    started.awaitRounds(1);
    return started;
  }

  /** Has it look for an update, and waits until it has done what it found. */
  void look() throws Exception {
    long before = rounds();
    ipc("hawkbitcfg", "--trigger");
    awaitRounds(before + 1);
  }

  /** Says what the device's app says once a version answers. */
  void confirm(long version) throws Exception {
    ipc("sendtohawkbit", Long.toString(version), "2", "success", "closed", "the model answers");
  }

  @Override
  public void close() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }

  private void ipc(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("swupdate-ipc"));
    command.addAll(List.of(words));
    ProcessBuilder ipc = new ProcessBuilder(command).redirectErrorStream(true);
    ipc.environment().put("TMPDIR", temporary.toString());
    Process said = ipc.start();
    said.getOutputStream().close();
    String output = new String(said.getInputStream().readAllBytes(), UTF_8);
    assertThat(said.waitFor()).isZero();
    assertThat(output).contains("Server returns ACK");
  }

  private void awaitRounds(long rounds) {
    await("SWUpdate to have done what there is to do")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () -> {
              assertThat(process.isAlive()).as("alive: %s", log()).isTrue();
              assertThat(rounds()).as(log()).isGreaterThanOrEqualTo(rounds);
            });
  }

  private long rounds() throws IOException {
    return IDLE.matcher(log()).results().count();
  }

  /** What it has written, also where that is in no encoding. */
  String log() throws IOException {
    return new String(Files.readAllBytes(log), UTF_8);
  }
}
