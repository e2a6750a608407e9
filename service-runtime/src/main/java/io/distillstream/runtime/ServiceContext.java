package io.distillstream.runtime;

import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.runtime.tracing.ExportListener;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.trace.Spans;
import io.micrometer.core.instrument.Counter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What every service of a process shares. Services borrow it; whoever built it closes it after
 * them.
 *
 * @param instance tells two processes of the same stage apart; stable across restarts, since
 *     transactional ids are made from it
 * @param dataFolder where services keep local files, each in a folder of its own
 * @param disk borrowed: whether there is room for what stages write, here or on a broker beside
 *     them
 * @param tracing what becomes of spans; owned
 */
public record ServiceContext(
    Pipeline pipeline,
    ClusterConnection cluster,
    WireFormat wire,
    Path dataFolder,
    String instance,
    StageReporter reporter,
    ClusterProbe probe,
    DiskWatch disk,
    Tracing tracing)
    implements AutoCloseable {

  /** Connects to a cluster, where nobody watches the disk. */
  public static ServiceContext connect(
      Pipeline pipeline, ClusterConnection cluster, Path dataFolder, String instance) {
    return connect(pipeline, cluster, dataFolder, instance, DiskWatch.none(), Tracing.off());
  }

  /**
   * Connects to a cluster; starts to publish stage reports.
   *
   * @param tracing transferred
   */
  public static ServiceContext connect(
      Pipeline pipeline,
      ClusterConnection cluster,
      Path dataFolder,
      String instance,
      DiskWatch disk,
      Tracing tracing) {
    WireFormat wire = new WireFormat(cluster);
    return new ServiceContext(
        pipeline,
        cluster,
        wire,
        dataFolder,
        instance,
        new StageReporter(pipeline, cluster, wire, instance),
        ClusterProbe.start(cluster),
        disk,
        tracing);
  }

  /** The metrics of a stage; the same object for the same name. */
  public StageMetrics stage(String name) {
    return reporter.stage(name);
  }

  /**
   * The spans of a stage, whose metrics count what becomes of them; the same for the same name.
   *
   * @param roots which of them are exported where nobody has decided it before
   */
  public Spans spans(String name, Tracing.Roots roots) {
    StageMetrics metrics = stage(name);
    Counter exported =
        metrics.counter("spans_exported", "Spans of traces delivered to the OTLP collector.");
    Counter dropped =
        metrics.counter(
            "spans_dropped",
            "Spans lost: too many waited for the OTLP collector, or it did not take them.");
    return tracing.stage(
        name,
        roots,
        new ExportListener() {
          @Override
          public void exported(int spans) {
            exported.increment(spans);
          }

          @Override
          public void dropped(int spans) {
            dropped.increment(spans);
          }
        });
  }

  /** A folder of the service's own below the data folder, created if absent. */
  public Path folder(String service) {
    return Folders.create(dataFolder.resolve(service));
  }

  /** What keeps every stage from its work at this moment, as a clause; empty if nothing does. */
  public Optional<String> hindrance() {
    return probe.reachable() ? disk.shortage() : Optional.of("the Kafka cluster does not answer");
  }

  @Override
  public void close() {
    probe.close();
    tracing.close();
    reporter.close();
    wire.close();
  }
}
