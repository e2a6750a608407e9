package io.distillstream.local;

import io.distillstream.avro.StageReport;
import io.distillstream.embedded.BrokerSettings;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.function.Consumer;

/** The embedded default: broker, registry and every service in this process. Owns them all. */
final class LocalPipeline implements AutoCloseable {

  private final EmbeddedCluster cluster;
  private final ClusterSettings settings;
  private final RunningStages stages;

  private LocalPipeline(EmbeddedCluster cluster, ClusterSettings settings, RunningStages stages) {
    this.cluster = cluster;
    this.settings = settings;
    this.stages = stages;
  }

  /** Starts everything; what has started is closed again if something fails to. */
  static LocalPipeline start(Settings settings, Consumer<String> progress) {
    ClusterSettings given = ClusterSettings.from(settings);
    LocalSettings local = LocalSettings.from(settings);
    progress.accept("starting broker and schema registry");
    EmbeddedCluster cluster =
        EmbeddedCluster.start(
            new BrokerSettings(given.dataFolder().resolve("kafka"), local.brokerPort()),
            local.registryPort());
    boolean started = false;
    try {
      ClusterSettings own =
          new ClusterSettings(
              given.pipeline(),
              new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl()),
              given.dataFolder(),
              given.instance());
      RunningStages stages =
          RunningStages.start(EnumSet.allOf(Stage.class), settings, own, progress);
      started = true;
      return new LocalPipeline(cluster, own, stages);
    } finally {
      if (!started) {
        cluster.close();
      }
    }
  }

  ClusterSettings cluster() {
    return settings;
  }

  ServiceContext context() {
    return stages.context();
  }

  /** What a stage says of itself now. */
  StageReport report(String stage) {
    return stages.context().stage(stage).report(Instant.now());
  }

  /** Where a service's HTTP server is reached. */
  URI address(String service) {
    return stages.address(service);
  }

  /** Fails with one clear line if a service or the broker no longer works. */
  void requireHealthy() {
    cluster
        .broker()
        .failure()
        .ifPresent(
            failure -> {
              throw new CommandFailedException("The broker failed: " + failure, failure);
            });
    stages.requireHealthy();
  }

  @Override
  public void close() {
    stages.close();
    cluster.close();
  }
}
