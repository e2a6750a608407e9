package io.distillstream.embedded.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.foundation.PortInUseException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One real Kafka node, broker and KRaft controller, in this process, reachable from this machine
 * only. Its topics outlive it in the data folder; the ports may change between runs.
 *
 * <p>It is put together from the same parts as Kafka's own {@code KafkaRaftServer}, with two
 * differences that matter inside somebody else's process: the sockets are bound first (see {@link
 * BoundListeners}), and a fault that would make Kafka halt the process is kept in {@link
 * #failure()} instead.
 *
 * <p>Kafka has no shutdown hook here: the owner closes the broker, after the clients. Thread-safe.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedBroker.class);

  /** How long the controller may take to approve that its only broker leaves. */
  private static final Duration SHUTDOWN = Duration.ofSeconds(20);

  /** A failed controller approves nothing. */
  private static final Duration SHUTDOWN_AFTER_FAILURE = Duration.ofSeconds(1);

  private final DataFolderLock lock;
  private final BoundListeners listeners;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final ControllerServer controller;
  private final BrokerServer broker;
  private boolean closed;

  /**
   * Starts the broker and returns when it has registered and serves its topics.
   *
   * @throws DataFolderInUseException if another broker works on the folder
   * @throws PortInUseException if the port is taken
   * @throws BrokerFailedException if Kafka does not start
   */
  public EmbeddedBroker(BrokerSettings settings) {
    keepProcessAlive();
    try {
      lock = DataFolderLock.claim(settings.dataFolder());
    } catch (IOException e) {
      throw new UncheckedIOException("Could not open data folder " + settings.dataFolder(), e);
    }
    @Nullable BoundListeners bound = null;
    boolean formatted;
    try {
      bound = BoundListeners.bind(settings.port(), settings.listeners().keySet());
      listeners = bound;
      Path logFolder = settings.dataFolder().resolve("kafka");
      formatted = format(logFolder);
      KafkaConfig config =
          KafkaConfig.fromProps(BrokerProperties.of(logFolder, listeners, settings));
      Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> opened =
          KafkaRaftServer.initializeLogDirs(config, log, "");
      SharedServer shared = sharedServer(config, opened._1());
      controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), opened._2());
      broker = new BrokerServer(shared);
    } catch (Exception e) {
      releaseAfterFailure(bound);
      if (e instanceof PortInUseException portInUse) {
        throw portInUse;
      }
      throw new BrokerFailedException("The embedded broker could not be set up", e);
    }
    try {
      controller.startup();
      if (!formatted) {
        // The lock on the folder tells that it has gone.
        EarlierIncarnation.unregister(
            controller.controller(), BrokerProperties.NODE_ID, () -> failure.get() != null);
      }
      broker.startup();
    } catch (Throwable e) {
      close();
      throw new BrokerFailedException("The embedded broker did not start", e);
    }
    log.info("Broker on {} with data in {}", bootstrapServers(), settings.dataFolder());
  }

  /** What Kafka clients use to connect, as {@code host:port}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port();
  }

  /**
   * The same of a listener beside the clients' own.
   *
   * @param listener one of the names in {@link BrokerSettings#listeners}
   */
  public String bootstrapServers(String listener) {
    return "127.0.0.1:" + listeners.port(listener);
  }

  public int port() {
    return listeners.port(BoundListeners.CLIENTS);
  }

  /** The fault that ended the broker, if one did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /**
   * Waits until the broker answers a client.
   *
   * @throws BrokerFailedException if it has failed or does not answer in time
   */
  public void awaitReady(Duration timeout) {
    Throwable fault = failure.get();
    if (fault != null) {
      throw new BrokerFailedException("The embedded broker has failed", fault);
    }
    try (Admin admin =
        Admin.create(
            Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
      admin.describeCluster().nodes().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new BrokerFailedException(
          "The embedded broker at " + bootstrapServers() + " did not answer within " + timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerFailedException("Interrupted while waiting for the embedded broker", e);
    }
  }

  /** Ends the broker cleanly and lets go of the ports and the folder. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (lock;
        listeners) {
      broker.shutdown(failure.get() == null ? SHUTDOWN : SHUTDOWN_AFTER_FAILURE);
      controller.shutdown();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not release the broker's data folder", e);
    }
  }

  /**
   * Writes a new cluster's identity, unless the folder already has one.
   *
   * @return whether it had none
   */
  private static boolean format(Path logFolder) throws Exception {
    if (Files.exists(logFolder.resolve("meta.properties"))) {
      return false;
    }
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(BrokerProperties.NODE_ID)
        .setDirectories(List.of(logFolder.toString()))
        .setMetadataLogDirectory(logFolder.toString())
        .setControllerListenerName(BoundListeners.CONTROLLER)
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
        .setIgnoreFormatted(true)
        .run();
    return true;
  }

  private SharedServer sharedServer(KafkaConfig config, MetaPropertiesEnsemble properties) {
    Metrics metrics =
        Server.initializeMetrics(config, Time.SYSTEM, properties.clusterId().orElseThrow());
    QuorumConfig quorum = config.quorumConfig();
    Map<Integer, InetSocketAddress> voters = QuorumConfig.parseVoterConnections(quorum.voters());
    return new SharedServer(
        config,
        properties,
        Time.SYSTEM,
        metrics,
        CompletableFuture.completedFuture(voters),
        QuorumConfig.parseBootstrapServers(quorum.bootstrapServers()),
        this::faultHandler,
        listeners);
  }

  private FaultHandler faultHandler(String name, boolean fatal, Runnable count) {
    return (message, cause) -> {
      count.run();
      BrokerFailedException fault = new BrokerFailedException(name + ": " + message, cause);
      if (fatal && failure.compareAndSet(null, fault)) {
        log.error("The broker met a fault it can't survive", fault);
      } else {
        log.warn("The broker met a fault", fault);
      }
      return fault;
    };
  }

  /**
   * Kafka's code also ends the process directly, for example when its disk fails. The thread that
   * asks for it ends instead, and the process stays its owner's. There is one such procedure in a
   * process: with several brokers, the failure is the newest one's.
   */
  private void keepProcessAlive() {
    Exit.Procedure refuse =
        (status, message) -> {
          BrokerFailedException asked =
              new BrokerFailedException(
                  "The broker asked to end the process with status " + status + ": " + message,
                  null);
          failure.compareAndSet(null, asked);
          throw asked;
        };
    Exit.setHaltProcedure(refuse);
    Exit.setExitProcedure(refuse);
  }

  private void releaseAfterFailure(@Nullable BoundListeners bound) {
    try (lock;
        bound) {
      log.debug("Releasing the data folder after a failed start");
    } catch (IOException e) {
      log.warn("Could not release the data folder after a failed start", e);
    }
  }
}
