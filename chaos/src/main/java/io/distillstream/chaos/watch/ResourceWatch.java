package io.distillstream.chaos.watch;

import static java.util.Objects.requireNonNull;

import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.process.StageProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resident memory and open file handles of every process, and the lines that its logs grow by, read
 * every few seconds from {@code /proc} and the files.
 */
public final class ResourceWatch implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(ResourceWatch.class);

  private final StageProcesses processes;
  private final Map<Life, List<Sample>> lives = new LinkedHashMap<>();
  private final Map<Stage, LogLines> logs = new LinkedHashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "resource-watch");
            thread.setDaemon(true);
            return thread;
          });

  private @Nullable String failure;

  /** One process of a stage, from its start to its end. */
  public record Life(Stage stage, long pid) {}

  /**
   * What one process holds at a moment.
   *
   * @param rssBytes resident memory
   * @param handles open files and sockets
   */
  public record Sample(long nanoTime, long rssBytes, long handles) {}

  /** Begins to watch. */
  public ResourceWatch(StageProcesses processes) {
    this.processes = processes;
    for (Stage stage : Stage.values()) {
      logs.put(stage, new LogLines(processes.logs(stage)));
    }
    clock.scheduleAtFixedRate(this::look, 0, INTERVAL.toSeconds(), TimeUnit.SECONDS);
  }

  /** What a task of a clock throws would end it in silence. */
  private synchronized void look() {
    try {
      lookAtAll();
    } catch (RuntimeException e) {
      log.error("The resources of the stages could not be read", e);
      failure = e.toString();
    }
  }

  private void lookAtAll() {
    for (Stage stage : Stage.values()) {
      requireNonNull(logs.get(stage)).look(System.nanoTime());
      OptionalLong pid = processes.of(stage).pid();
      if (pid.isPresent()) {
        sample(pid.getAsLong())
            .forEach(
                sample ->
                    lives
                        .computeIfAbsent(new Life(stage, pid.getAsLong()), l -> new ArrayList<>())
                        .add(sample));
      }
    }
  }

  /** Empty if it has just ended. */
  private static Stream<Sample> sample(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    try (Stream<Path> handles = Files.list(process.resolve("fd"))) {
      long rss =
          Files.readAllLines(process.resolve("status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
              .sum();
      return Stream.of(new Sample(System.nanoTime(), rss, handles.count()));
    } catch (IOException | UncheckedIOException e) {
      return Stream.empty();
    }
  }

  /** Every process there was, with what was seen of it, as it is now at the last. */
  public synchronized Map<Life, List<Sample>> lives() {
    look();
    Map<Life, List<Sample>> copy = new LinkedHashMap<>();
    lives.forEach((life, samples) -> copy.put(life, List.copyOf(samples)));
    return copy;
  }

  /** Why something was not seen; empty if all was. */
  public synchronized Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  /** The most lines that a stage logged within a minute. */
  public synchronized Map<Stage, Long> busiestMinute() {
    Map<Stage, Long> lines = new LinkedHashMap<>();
    logs.forEach((stage, log) -> lines.put(stage, log.busiestMinute()));
    return lines;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
