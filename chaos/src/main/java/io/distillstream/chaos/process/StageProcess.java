package io.distillstream.chaos.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stage in a process of its own, over all the times that it is started. Thread-safe. Owns the
 * process.
 */
public final class StageProcess {
  private static final int EVIDENCE_BYTES = 2_000;

  /** Codes from here on are of processes that a signal ended. */
  private static final int FIRST_SIGNAL = 128;

  private final Stage stage;
  private final List<String> command;
  private final Path output;
  private final String runningMark;
  private final @Nullable Consumer<String> answers;
  private @Nullable Process process;
  private long outputBegin;
  private boolean wanted;
  private boolean clusterWasAway;
  private long mayEndUntil = System.nanoTime();

  /**
   * @param output what it prints is appended here
   * @param runningMark part of the line that it prints when it has started
   * @param answers is given the lines of its standard output, which then do not go to the file;
   *     null if they are nothing but messages
   */
  StageProcess(
      Stage stage,
      List<String> command,
      Path output,
      String runningMark,
      @Nullable Consumer<String> answers) {
    this.stage = stage;
    this.command = List.copyOf(command);
    this.output = output;
    this.runningMark = runningMark;
    this.answers = answers;
  }

  Path output() {
    return output;
  }

  /** Starts it if it does not run, and does not wait. */
  public synchronized void start() {
    wanted = true;
    if (process != null && process.isAlive()) {
      return;
    }
    try {
      outputBegin = Files.exists(output) ? Files.size(output) : 0;
      ProcessBuilder builder = new ProcessBuilder(command);
      ProcessBuilder.Redirect file = ProcessBuilder.Redirect.appendTo(output.toFile());
      builder.redirectError(file);
      if (answers == null) {
        builder.redirectOutput(file);
      }
      Process started = builder.start();
      process = started;
      if (answers != null) {
        read(started, answers);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(stage.text() + " cannot be started", e);
    }
  }

  private void read(Process started, Consumer<String> to) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
                lines.lines().forEach(to);
              } catch (IOException | UncheckedIOException e) {
                // It was killed while it wrote.
              }
            },
            stage.text() + "-answers");
    reader.setDaemon(true);
    reader.start();
  }

  /** SIGKILL: nothing in it gets to run. Returns when it is gone; nobody starts it again. */
  public synchronized void kill() {
    wanted = false;
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** SIGSTOP: it keeps its memory and its connections, and does nothing. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT, after {@link #freeze}. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    OptionalLong pid = pid();
    if (pid.isEmpty()) {
      return;
    }
    try {
      new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid.getAsLong())
          .redirectErrorStream(true)
          .start()
          .onExit()
          .join();
    } catch (IOException e) {
      throw new UncheckedIOException(stage.text() + " cannot be sent SIG" + name, e);
    }
  }

  /** Of the process that runs now. */
  public synchronized OptionalLong pid() {
    return process != null && process.isAlive()
        ? OptionalLong.of(process.pid())
        : OptionalLong.empty();
  }

  /** For so long it may end in order, which is with an exit code of its own choice. */
  public synchronized void mayEndFor(Duration time) {
    mayEndUntil = System.nanoTime() + time.toNanos();
  }

  /** Whether it should run, and does. */
  public synchronized boolean isAlive() {
    return wanted && process != null && process.isAlive();
  }

  /** Whether it has said that it runs since it was started last. */
  public synchronized boolean isRunning() {
    return isAlive() && tail(Integer.MAX_VALUE).contains(runningMark);
  }

  /** Types a line on its standard input; whether it took it. */
  synchronized boolean type(String line) {
    if (!isAlive() || process == null) {
      return false;
    }
    try {
      Writer in = process.outputWriter(StandardCharsets.UTF_8);
      in.write(line);
      in.write('\n');
      in.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * If it ended though it should run, starts it again and tells of the end; null if all is well, or
   * if it did not get as far as running because the cluster was away meanwhile.
   *
   * @param clusterRuns whether brokers and registry answer now
   */
  synchronized @Nullable ProcessEnd startAgainIfEnded(boolean clusterRuns) {
    clusterWasAway |= !clusterRuns;
    if (!wanted || process == null || process.isAlive()) {
      return null;
    }
    ProcessEnd end = new ProcessEnd(stage, process.exitValue(), tail(EVIDENCE_BYTES).strip());
    boolean inOrder = System.nanoTime() < mayEndUntil && end.exitCode() < FIRST_SIGNAL;
    boolean excused = clusterWasAway && !tail(Integer.MAX_VALUE).contains(runningMark);
    start();
    clusterWasAway = !clusterRuns;
    return excused || inOrder ? null : end;
  }

  /** Tells of a failure of the supervision itself. */
  ProcessEnd unsupervised(RuntimeException failure) {
    return new ProcessEnd(stage, -1, "not supervised: " + failure);
  }

  /** The last of what it has printed since it was started last. */
  synchronized String tail(int bytes) {
    try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
      long from = Math.max(outputBegin, file.length() - bytes);
      byte[] tail = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(no output: " + e.getMessage() + ")";
    }
  }

  /** Asks it to end, by SIGTERM and the end of its input, and does not wait. */
  synchronized void askToEnd() {
    wanted = false;
    if (process == null || !process.isAlive()) {
      return;
    }
    thaw();
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has closed it before.
    }
    if (stage != Stage.CLUSTER) {
      process.destroy();
    }
  }

  /**
   * Ends it, in order if it does so in time, else by force.
   *
   * @param deadline as {@link System#nanoTime} has it
   */
  void endBy(long deadline) throws InterruptedException {
    askToEnd();
    Process ending;
    synchronized (this) {
      ending = process;
    }
    if (ending != null
        && !ending.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      ending.destroyForcibly().onExit().join();
    }
  }
}
