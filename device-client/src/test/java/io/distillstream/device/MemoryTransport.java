package io.distillstream.device;

import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Both seams in memory; it can be away, and lose reports. */
final class MemoryTransport implements UpdateSource, ReportSink {

  private final Map<String, byte[]> published = new HashMap<>();
  private final BlockingQueue<UpdateManifest> manifests = new LinkedBlockingQueue<>();
  private final List<String> fetched = new ArrayList<>();
  private final List<UpdateReport> reports = new ArrayList<>();
  private final List<DeviceStatus> statuses = new ArrayList<>();
  private boolean away;
  private int reportsToLose;
  private @Nullable Throwable failure;
  private boolean failingFetches;
  private int failedFetches;
  private final Map<String, Integer> failuresLeft = new HashMap<>();
  private int closed;

  synchronized void publish(UpdateManifest manifest, byte[] bytes) {
    published.put(manifest.artifact().location(), bytes);
    manifests.add(manifest);
  }

  /** Gives a file out from now on. */
  synchronized void store(ArtifactRef file, byte[] bytes) {
    published.put(file.location(), bytes);
  }

  synchronized void remove(ArtifactRef file) {
    published.remove(file.location());
  }

  /** The next fetches of one file fail. */
  synchronized void failFetches(String location, int times) {
    failuresLeft.put(location, times);
  }

  synchronized void away(boolean isAway) {
    away = isAway;
  }

  synchronized void loseReports(int count) {
    reportsToLose = count;
  }

  /** The next poll throws this. */
  synchronized void failOnce(RuntimeException e) {
    failure = e;
  }

  /** The next poll throws this. */
  synchronized void failOnce(Error e) {
    failure = e;
  }

  /** Every fetch throws an exception that says nothing of why. */
  synchronized void failFetches() {
    failingFetches = true;
  }

  synchronized int failedFetches() {
    return failedFetches;
  }

  private synchronized void fail() {
    Throwable e = failure;
    failure = null;
    if (e instanceof RuntimeException exception) {
      throw exception;
    }
    if (e instanceof Error error) {
      throw error;
    }
  }

  synchronized List<String> fetched() {
    return List.copyOf(fetched);
  }

  synchronized List<UpdateReport> reports() {
    return List.copyOf(reports);
  }

  synchronized List<DeviceStatus> statuses() {
    return List.copyOf(statuses);
  }

  synchronized int timesClosed() {
    return closed;
  }

  @Override
  public List<UpdateManifest> poll(Duration patience) throws IOException {
    requireThere();
    fail();
    List<UpdateManifest> found = new ArrayList<>();
    try {
      UpdateManifest first = manifests.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        found.add(first);
        manifests.drainTo(found);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return found;
  }

  @Override
  public synchronized void fetch(ArtifactRef artifact, Path target)
      throws IOException, DamagedArtifactException {
    requireThere();
    if (failingFetches) {
      failedFetches++;
      throw new IllegalStateException("a bug of a transport");
    }
    if (failuresLeft.merge(artifact.location(), -1, Integer::sum) >= 0) {
      throw new IOException("cut off");
    }
    byte[] bytes = published.get(artifact.location());
    if (bytes == null) {
      throw new DamagedArtifactException("there is no " + artifact.location());
    }
    Files.write(target, bytes);
    fetched.add(artifact.location());
  }

  @Override
  public synchronized CompletionStage<Void> send(UpdateReport report) throws IOException {
    requireThere();
    if (reportsToLose > 0) {
      reportsToLose--;
      return CompletableFuture.failedFuture(new IOException("lost"));
    }
    reports.add(report);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized void send(DeviceStatus status) throws IOException {
    requireThere();
    statuses.add(status);
  }

  @Override
  public synchronized void close() {
    closed++;
  }

  private synchronized void requireThere() throws IOException {
    if (away) {
      throw new IOException("away");
    }
  }
}
