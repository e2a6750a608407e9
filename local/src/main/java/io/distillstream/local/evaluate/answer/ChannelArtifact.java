package io.distillstream.local.evaluate.answer;

import io.distillstream.device.DeviceClient;
import io.distillstream.device.DeviceListener;
import io.distillstream.device.DeviceSettings;
import io.distillstream.device.Installation;
import io.distillstream.device.Rejection;
import io.distillstream.device.kafka.KafkaUpdateSource;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.TemporaryFolder;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Fetches what a device of a channel would run now. A device does it, in a folder of its own, with
 * all its checks; but it reports to nobody, so that the pipeline does not know of it.
 */
public final class ChannelArtifact {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ChannelArtifact() {}

  /**
   * The newest artifact that such a device accepts.
   *
   * @param device who fetches; without a folder that is kept
   * @return owned by the caller; empty while nothing has been published on the channel
   * @throws CommandFailedException if all that is published is refused
   */
  public static Optional<Answerer> fetch(ClusterSettings cluster, DeviceSettings device)
      throws IOException, InterruptedException {
    int published = published(cluster, device).size();
    if (published == 0) {
      return Optional.empty();
    }
    Outcomes outcomes = new Outcomes();
    try (DeviceClient client =
        new DeviceClient(
            device.withStatusEvery(Duration.ZERO), source(cluster, device), new NoReports())) {
      client.listen(outcomes);
      client.start();
      return Optional.of(open(device, outcomes.await(published, device.updateKey())));
    }
  }

  /** A device with this command's name that keeps its model in a folder for a while. */
  public static DeviceSettings device(String model, String channel, TemporaryFolder folder) {
    return DeviceSettings.of("evaluate", model, channel, folder.path());
  }

  private static List<UpdateManifest> published(ClusterSettings cluster, DeviceSettings device) {
    try (KafkaUpdateSource source = source(cluster, device)) {
      return source.poll(POLL);
    } catch (IOException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  private static KafkaUpdateSource source(ClusterSettings cluster, DeviceSettings device) {
    return new KafkaUpdateSource(cluster.connection(), cluster.pipeline(), device.updateKey());
  }

  private static Answerer open(DeviceSettings device, Installation installed) {
    return ModelAnswerer.open(
        Role.ARTIFACT,
        String.format(
            Locale.ROOT,
            "%s, version %d, learned from %,d records",
            device.updateKey(),
            installed.version(),
            installed.recordsTrained()),
        installed.artifact());
  }

  /** What became of updates on the device, in their order: an installation or a rejection. */
  private static final class Outcomes implements DeviceListener {

    private final BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();

    @Override
    public void installed(Installation installation) {
      outcomes.add(installation);
    }

    @Override
    public void rejected(Rejection rejection) {
      outcomes.add(rejection);
    }

    /** The first installation; fails once all updates were refused, or nothing comes any more. */
    Installation await(int published, String updateKey) throws InterruptedException {
      String reason = "nothing came for " + PATIENCE.toSeconds() + " s";
      for (int refused = 0; refused < published; refused++) {
        Object outcome = outcomes.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (outcome instanceof Installation installation) {
          return installation;
        }
        if (!(outcome instanceof Rejection rejection)) {
          break;
        }
        reason = "version %d: %s".formatted(rejection.version(), rejection.reason());
      }
      throw new CommandFailedException(
          "No artifact of %s can be used here: %s".formatted(updateKey, reason));
    }
  }

  /** Takes reports and sends them nowhere. */
  private static final class NoReports implements ReportSink {

    @Override
    public CompletionStage<Void> send(UpdateReport report) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void send(DeviceStatus status) {}

    @Override
    public void close() {}
  }
}
