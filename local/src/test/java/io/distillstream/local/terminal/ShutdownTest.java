package io.distillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.ForeignProgram;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals end a process, so it is another one that gets them. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ShutdownTest {
  @SuppressWarnings("NullAway.Init") // Each test starts one.
  private Process process;

  @AfterEach
  void endProcess() {
    process.destroyForcibly();
  }

  @ParameterizedTest
  @CsvSource({"HUP, 129", "INT, 130", "TERM, 143"})
  void shouldRunHooksOnlyAfterTheCommandHasClosedWhatItOwns(String signal, int exitCode)
      throws Exception {
    try (BufferedReader lines = start("orderly")) {
      assertThat(lines.readLine()).isEqualTo("ready");
      send(signal);
      assertThat(lines.lines()).containsExactly("asked", "closed", "hook");
    }
    assertThat(process.waitFor()).isEqualTo(exitCode);
  }

  @Test
  void shouldEndAtOnceAtASecondSignal() throws Exception {
    try (BufferedReader lines = start("stuck")) {
      assertThat(lines.readLine()).isEqualTo("ready");
      send("TERM");
      assertThat(lines.readLine()).isEqualTo("asked");
      send("INT");
      assertThat(lines.readLine()).isEqualTo("hook");
    }
    assertThat(process.waitFor()).isEqualTo(143);
  }

  @Test
  void shouldLeaveSignalsAsTheyWereWhenItIsDone() throws Exception {
    try (BufferedReader lines = start("done")) {
      assertThat(lines.readLine()).isEqualTo("ready");
      send("TERM");
      assertThat(lines.readLine()).isEqualTo("hook");
    }
    assertThat(process.waitFor()).isEqualTo(143);
  }

  private BufferedReader start(String manner) throws Exception {
    List<String> command = new ArrayList<>(heeding());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Command.class.getName(),
            manner));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return process.inputReader();
  }

  /** A build that runs in the background may ignore signals, and so do the processes it starts. */
  private static List<String> heeding() throws Exception {
    List<String> heeding = List.of("env", "--default-signal=HUP,INT,TERM");
    List<String> probe = new ArrayList<>(heeding);
    probe.add("true");
    return ForeignProgram.run(probe).exitCode() == 0 ? heeding : List.of();
  }

  private void send(String signal) throws Exception {
    Process kill =
        new ProcessBuilder(List.of("kill", "-" + signal, Long.toString(process.pid())))
            .inheritIO()
            .start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  /** What a command does with it. */
  static final class Command {
    private Command() {}

    public static void main(String[] arguments) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
      Shutdown shutdown = Shutdown.onSignal();
      if (arguments[0].equals("done")) {
        shutdown.done();
      }
      System.out.println("ready");
      if (!shutdown.await(Duration.ofSeconds(30))) {
        return;
      }
      System.out.println("asked");
      if (arguments[0].equals("stuck")) {
        new CountDownLatch(1).await(30, TimeUnit.SECONDS);
      }
      // Refused where hooks run already.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {}));
      System.out.println("closed");
      shutdown.done();
      System.exit(shutdown.exitCode());
    }
  }
}
