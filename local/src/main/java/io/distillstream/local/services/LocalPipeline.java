package io.distillstream.local.services;

import static java.util.Objects.requireNonNull;

import io.distillstream.avro.StageReport;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.foundation.Sha256;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.LocalSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.runtime.ServedPage;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.disk.DiskFullException;
import io.distillstream.runtime.disk.DiskSpace;
import io.distillstream.runtime.disk.DiskWatch;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.ClusterConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The embedded default: broker, registry and every service in this process. Owns them all. */
public final class LocalPipeline implements AutoCloseable {

  /** Of the addresses, that of {@link #devicePage}. */
  public static final String DEVICE = "device";

  private final EmbeddedCluster embedded;
  private final ClusterSettings cluster;
  private final RunningServices services;
  private final Optional<TrustFolder> trust;

  private LocalPipeline(
      EmbeddedCluster embedded,
      ClusterSettings cluster,
      RunningServices services,
      Optional<TrustFolder> trust) {
    this.embedded = embedded;
    this.cluster = cluster;
    this.services = services;
    this.trust = trust;
  }

  /**
   * Starts everything; what has started is closed again if something fails to.
   *
   * @throws DiskFullException if there is no room for a broker
   */
  public static LocalPipeline start(ServicePlan plan, Consumer<String> progress) {
    DiskWatch disk = plan.watchDisk();
    boolean started = false;
    try {
      if (disk.space().isExhausted()) {
        throw new DiskFullException("There is no room for the broker", disk.space(), null);
      }
      LocalPipeline pipeline =
          DiskFullException.explained(
              "The pipeline did not start", disk, () -> start(plan, disk, progress));
      started = true;
      return pipeline;
    } finally {
      if (!started) {
        disk.close();
      }
    }
  }

  private static LocalPipeline start(ServicePlan plan, DiskWatch disk, Consumer<String> progress) {
    ClusterSettings given = plan.cluster();
    LocalSettings ports = LocalSettings.from(plan.settings());
    progress.accept("starting broker and schema registry");
    EmbeddedCluster embedded =
        EmbeddedCluster.start(
            new BrokerSettings(given.dataFolder().resolve("kafka"), ports.brokerPort()),
            ports.registryPort());
    boolean started = false;
    try {
      ClusterSettings own =
          new ClusterSettings(
              given.pipeline(),
              new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl()),
              given.dataFolder(),
              given.minFreeBytes(),
              given.instance());
      // After the broker, which sees to it that the data folder is used by one process alone.
      Optional<TrustFolder> trust = EmbeddedTrust.prepare(given.dataFolder(), plan.settings());
      RunningServices services = RunningServices.start(plan, own, disk, progress);
      started = true;
      return new LocalPipeline(embedded, own, services, trust);
    } finally {
      if (!started) {
        embedded.close();
      }
    }
  }

  /** The embedded cluster, at the addresses that it really has. */
  public ClusterSettings cluster() {
    return cluster;
  }

  /** The root that devices are given; empty where updates are not signed. */
  public Optional<Path> trustedRoot() {
    return trust.map(TrustFolder::trustedRoot);
  }

  /** What the services share. */
  public ServiceContext context() {
    return services.context();
  }

  /** Where everything answers, by name. */
  public Map<String, String> addresses() {
    Map<String, String> addresses = new LinkedHashMap<>();
    addresses.put("page", address(ServiceKind.MONITOR).toString());
    addresses.put("teacher", teacherUrl() + "/v1/predict");
    addresses.put("gateway", address(ServiceKind.GATEWAY).toString());
    Optional.ofNullable(services.addresses().get(ServiceKind.TAP.text()))
        .ifPresent(tap -> addresses.put("tap", tap + "/v1"));
    addresses.put(DEVICE, devicePage().address().toString());
    addresses.put("broker", cluster.connection().bootstrapServers());
    addresses.put("registry", cluster.connection().registryUrl());
    return addresses;
  }

  /** The page that makes a browser a device. */
  public ServedPage devicePage() {
    return services.page(ServiceKind.GATEWAY).orElseThrow().with(pinnedRoot());
  }

  /** Holds a browser to the root that is here, since page and root come from the same server. */
  private String pinnedRoot() {
    if (trust.isEmpty()) {
      return "";
    }
    try {
      return "#root=" + Sha256.hex(Files.readAllBytes(trust.get().firstRoot()));
    } catch (IOException e) {
      throw new UncheckedIOException("The first root cannot be read", e);
    }
  }

  /** The teacher's base address. */
  public String teacherUrl() {
    return address(ServiceKind.TEACHER).toString();
  }

  private URI address(ServiceKind kind) {
    return requireNonNull(services.addresses().get(kind.text()), kind.text());
  }

  /** What a stage says of itself now. */
  public StageReport report(String stage) {
    return services.context().stage(stage).report(Instant.now());
  }

  /**
   * Fails with one clear line if a service or the broker no longer works, or if the broker would
   * soon meet a full disk, which its log does not survive.
   */
  public void requireAlive() {
    DiskSpace space = services.context().disk().space();
    Optional<Throwable> failure = embedded.broker().failure();
    if (failure.isPresent()) {
      // Some of what Kafka tells of its end names no cause.
      if (DiskFullException.explains(failure.get()) || space.isLow()) {
        throw new DiskFullException("The broker met a full disk", space, failure.get());
      }
      throw new CommandFailedException("The broker failed: " + failure.get(), failure.get());
    }
    if (space.isExhausted()) {
      throw new DiskFullException("Ended before the broker meets a full disk", space, null);
    }
    services.requireAlive();
  }

  @Override
  public void close() {
    if (embedded.broker().failure().isPresent()) {
      services.abandon();
    } else {
      services.close();
    }
    embedded.close();
  }
}
