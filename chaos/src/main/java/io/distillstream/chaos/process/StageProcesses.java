package io.distillstream.chaos.process;

import io.distillstream.embedded.FreePorts;
import io.distillstream.foundation.PrivateFolders;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole pipeline, each stage in a process of its own behind a network link of its own, and the
 * supervisor that starts again what ends. Owns the processes and the links.
 */
public final class StageProcesses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StageProcesses.class);
  private static final Duration GRACE = Duration.ofSeconds(25);
  private static final Duration CLUSTER_START = Duration.ofMinutes(2);
  private static final long SUPERVISION_MILLIS = 500;
  private static final long TYPING_MILLIS = 500;
  private static final long POLL_MILLIS = 50;
  private static final int FIRST_LINK = 10;

  private final Pipeline pipeline;
  private final StageCommands.Ports ports;
  private final StageCommands commands;
  private final Path folder;
  private final Consumer<ProcessEnd> ends;
  private final DeviceTerminal terminal = new DeviceTerminal();
  private final Map<Stage, StageProcess> processes = new EnumMap<>(Stage.class);
  private final Map<Stage, NetworkLink> links = new EnumMap<>(Stage.class);
  private final Map<Stage, LimitedDisk> disks = new EnumMap<>(Stage.class);
  private final ScheduledExecutorService supervisor =
      Executors.newScheduledThreadPool(
          2,
          task -> {
            Thread thread = new Thread(task, "supervisor");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Prepares; starts nothing.
   *
   * @param folder for the data of the stages, and for what they print
   * @param setup how they are set
   * @param ends told of each process that ended by itself
   */
  public StageProcesses(Path folder, Pipeline pipeline, StageSetup setup, Consumer<ProcessEnd> ends)
      throws IOException {
    this.folder = folder;
    this.pipeline = pipeline;
    this.ends = ends;
    List<Integer> free = FreePorts.choose(4);
    ports = new StageCommands.Ports(free.get(0), free.get(1), free.get(2), free.get(3));
    commands = new StageCommands(folder, pipeline.name(), ports, setup);
    for (Stage stage : Stage.values()) {
      PrivateFolders.create(commands.dataFolder(stage));
      processes.put(stage, prepare(stage));
    }
  }

  private StageProcess prepare(Stage stage) throws IOException {
    Path output = folder.resolve(stage.text() + ".out");
    if (stage == Stage.CLUSTER) {
      return new StageProcess(stage, commands.cluster(), output, "cluster ready on ", null);
    }
    InetAddress own =
        InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (FIRST_LINK + links.size())});
    NetworkLink link = new NetworkLink(own, ports.broker(), ports.registry());
    links.put(stage, link);
    boolean device = stage == Stage.DEVICE;
    return new StageProcess(
        stage,
        commands.stage(stage, link, own),
        output,
        device ? "" : "running " + stage.text() + " for pipeline",
        device ? terminal::line : null);
  }

  /**
   * Gives a stage a disk of its own that can be filled. Call it before the stage is started.
   *
   * @param mib its size
   */
  public void limitDisk(Stage stage, int mib) throws IOException {
    disks.put(stage, new LimitedDisk(commands.dataFolder(stage), mib));
  }

  /** The disk of a stage, which was limited before. */
  public LimitedDisk disk(Stage stage) {
    LimitedDisk disk = disks.get(stage);
    if (disk == null) {
      throw new IllegalArgumentException("The disk of " + stage + " has no limit");
    }
    return disk;
  }

  /** Starts the cluster, and when it answers the stages; does not wait for these. */
  public void start() throws InterruptedException {
    startCluster();
    for (Stage stage : links.keySet()) {
      of(stage).start();
    }
    supervisor.scheduleWithFixedDelay(
        this::supervise, SUPERVISION_MILLIS, SUPERVISION_MILLIS, TimeUnit.MILLISECONDS);
    supervisor.scheduleWithFixedDelay(
        () -> of(Stage.DEVICE).type("a small domesticated animal"),
        TYPING_MILLIS,
        TYPING_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** Starts the cluster if it does not run; returns when it answers. */
  public void startCluster() throws InterruptedException {
    StageProcess cluster = of(Stage.CLUSTER);
    cluster.start();
    long deadline = System.nanoTime() + CLUSTER_START.toNanos();
    while (!cluster.isRunning()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "The cluster does not answer within " + CLUSTER_START + ": " + cluster.tail(2_000));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private void supervise() {
    boolean clusterRuns = of(Stage.CLUSTER).isRunning();
    for (StageProcess process : processes.values()) {
      try {
        ProcessEnd end = process.startAgainIfEnded(clusterRuns);
        if (end != null) {
          ends.accept(end);
        }
      } catch (RuntimeException e) {
        // Else the supervision would end with it, in silence.
        log.error("A process could not be supervised", e);
        ends.accept(process.unsupervised(e));
      }
    }
  }

  public StageProcess of(Stage stage) {
    StageProcess process = processes.get(stage);
    if (process == null) {
      throw new IllegalArgumentException("There is no process of " + stage);
    }
    return process;
  }

  /** The network between a stage, which is not the cluster, and the cluster. */
  public NetworkLink link(Stage stage) {
    NetworkLink link = links.get(stage);
    if (link == null) {
      throw new IllegalArgumentException("There is no link of " + stage);
    }
    return link;
  }

  public DeviceTerminal device() {
    return terminal;
  }

  public Pipeline pipeline() {
    return pipeline;
  }

  /** The cluster itself, past all links. */
  public ClusterConnection cluster() {
    return new ClusterConnection(
        "127.0.0.1:" + ports.broker(), "http://127.0.0.1:" + ports.registry());
  }

  public URI teacher() {
    return URI.create("http://127.0.0.1:" + ports.teacher());
  }

  public URI monitor() {
    return URI.create("http://127.0.0.1:" + ports.monitor());
  }

  /** Where a stage keeps its files. */
  public Path dataFolder(Stage stage) {
    return commands.dataFolder(stage);
  }

  /** Files that a stage writes messages to. */
  public List<Path> logs(Stage stage) {
    List<Path> logs = new ArrayList<>(List.of(of(stage).output()));
    Path folderOfLogs = dataFolder(stage).resolve("logs");
    switch (stage) {
      case CLUSTER -> {}
      case DEVICE -> logs.add(folderOfLogs.resolve("device-chaos.log"));
      case MONITOR, QUANTIZER, TRAINER, JOINER, TEACHER ->
          logs.add(folderOfLogs.resolve("run-" + stage.text() + "-1.log"));
    }
    return logs;
  }

  /** Ends the stages in order, all at once, then the cluster that they are clients of. */
  @Override
  public void close() {
    // Whoever is interrupted wants all to end, and in order all the same.
    boolean interrupted = Thread.interrupted();
    try {
      endAll();
    } catch (InterruptedException e) {
      interrupted = true;
      processes.values().forEach(StageProcess::kill);
    }
    List<AutoCloseable> owned = new ArrayList<>(links.values());
    owned.addAll(disks.values());
    owned.forEach(StageProcesses::closeQuietly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void endAll() throws InterruptedException {
    supervisor.shutdownNow();
    supervisor.awaitTermination(GRACE.toSeconds(), TimeUnit.SECONDS);
    links.values().forEach(NetworkLink::mend);
    links.keySet().forEach(stage -> of(stage).askToEnd());
    long deadline = System.nanoTime() + GRACE.toNanos();
    for (Stage stage : links.keySet()) {
      of(stage).endBy(deadline);
    }
    of(Stage.CLUSTER).endBy(System.nanoTime() + GRACE.toNanos());
  }

  private static void closeQuietly(AutoCloseable owned) {
    try {
      owned.close();
    } catch (Exception e) {
      log.warn("{} did not close", owned, e);
    }
  }
}
