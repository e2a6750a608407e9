package io.distillstream.runtime;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.WireFormat;
import java.nio.file.Path;

/**
 * What every service of a process shares. Services borrow it; whoever built it closes it after
 * them.
 *
 * @param instance tells two processes of the same stage apart; stable across restarts, since
 *     transactional ids are made from it
 * @param dataFolder where services keep local files, each in a folder of its own
 */
public record ServiceContext(
    Pipeline pipeline,
    ClusterConnection cluster,
    WireFormat wire,
    Path dataFolder,
    String instance,
    StageReporter reporter,
    ClusterProbe probe)
    implements AutoCloseable {

  /** Connects to a cluster; starts to publish stage reports. */
  public static ServiceContext connect(
      Pipeline pipeline, ClusterConnection cluster, Path dataFolder, String instance) {
    WireFormat wire = new WireFormat(cluster.registryUrl());
    return new ServiceContext(
        pipeline,
        cluster,
        wire,
        dataFolder,
        instance,
        new StageReporter(pipeline, cluster, wire, instance),
        ClusterProbe.start(cluster));
  }

  /** The metrics of a stage; the same object for the same name. */
  public StageMetrics stage(String name) {
    return reporter.stage(name);
  }

  /** A folder of the service's own below the data folder, created if absent. */
  public Path folder(String service) {
    return Folders.create(dataFolder.resolve(service));
  }

  /** Whether the brokers answered a moment ago. */
  public boolean clusterReachable() {
    return probe.reachable();
  }

  @Override
  public void close() {
    probe.close();
    reporter.close();
    wire.close();
  }
}
