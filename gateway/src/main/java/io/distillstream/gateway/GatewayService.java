package io.distillstream.gateway;

import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.hawkbit.HawkbitApi;
import io.distillstream.gateway.hawkbit.HawkbitMetrics;
import io.distillstream.gateway.hawkbit.fleet.Fleet;
import io.distillstream.gateway.http.DevicePage;
import io.distillstream.gateway.http.DeviceReads;
import io.distillstream.gateway.http.DownloadReads;
import io.distillstream.gateway.http.EventStreams;
import io.distillstream.gateway.http.GatewayMetrics;
import io.distillstream.gateway.http.ReportApi;
import io.distillstream.gateway.http.RepositoryReads;
import io.distillstream.gateway.mqtt.MqttBridge;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.gateway.trust.TrustFiles;
import io.distillstream.http.RequestRate;
import io.distillstream.runtime.ServedPage;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.StageMetrics;
import io.distillstream.runtime.http.HttpServer;
import io.distillstream.wire.update.ReportProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;

/**
 * Serves devices over HTTP: manifests, artifacts, events of new versions and what vouches for them
 * from the topics of a pipeline; reports and statuses to them; a page that makes a browser a
 * device. Any number of gateways may serve one pipeline.
 */
public final class GatewayService implements Service {

  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** Between two looks at the repository, which changes with each update. */
  private static final Duration REPOSITORY_PAUSE = Duration.ofMillis(200);

  private final GatewaySettings settings;
  private final ServiceContext context;
  private final Channels channels = new Channels();
  private final TrustFiles trust = new TrustFiles();

  /** Of clients of hawkBit's API, where they are served. */
  private final Optional<Fleet> fleet;

  private volatile @Nullable Running running;

  /** What lives from start to close. */
  private record Running(
      TopicThread updates,
      TopicThread repository,
      Optional<TopicThread> reports,
      EventStreams streams,
      ReportProducer producer,
      ExecutorService answering,
      HttpServer server,
      Optional<MqttBridge> mqtt) {}

  /** Borrows the context. */
  public GatewayService(GatewaySettings settings, ServiceContext context) {
    this.settings = settings;
    this.context = context;
    this.fleet = settings.hawkbit().map(plan -> new Fleet(plan.tenants().values()));
  }

  @Override
  public String name() {
    return "gateway";
  }

  @Override
  public synchronized void start() {
    if (running != null) {
      throw new IllegalStateException("The gateway is already started");
    }
    ArtifactStore store = openStore();
    StageMetrics stage = context.stage(name());
    stage.gauge("gateway_stored_bytes", "Bytes of the files kept for devices.", store::bytes);
    GatewayMetrics metrics = GatewayMetrics.of(stage);
    EventStreams streams = new EventStreams(metrics, HEARTBEAT);
    ReportProducer producer =
        new ReportProducer(producerProperties(), context.wire(), context.pipeline());
    ExecutorService answering =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "gateway-reports");
              thread.setDaemon(true);
              return thread;
            });
    boolean started = false;
    try {
      ReportIntake intake = new ReportIntake(producer, context::hindrance, metrics);
      ReportApi reports = new ReportApi(intake, answering);
      Optional<HawkbitApi> hawkbit = hawkbit(store, intake, reports, new HawkbitMetrics(stage));
      DeviceReads reads = new DeviceReads(channels, store, streams, metrics);
      RepositoryReads repository = new RepositoryReads(trust, channels, store, metrics);
      hawkbit.ifPresent(api -> repository.setHandler(new DownloadReads(api.files(), metrics)));
      reads.setHandler(repository);
      DevicePage page = new DevicePage(settings.browserRuntime());
      page.setHandler(reads);
      Handler.Wrapper limit = RequestRate.limit(settings.requestsPerAddress());
      limit.setHandler(page);
      HttpServer server =
          HttpServer.start(
              settings.http(),
              List.of(this),
              context.reporter().registry(),
              limit,
              new Handler.Wrapper(),
              config -> {
                reports.addTo(config);
                hawkbit.ifPresent(api -> api.addTo(config));
              });
      UpdateReader updates = new UpdateReader(context, channels, store, settings.keptVersions());
      running =
          new Running(
              TopicThread.start("updates", updates, Duration.ZERO),
              TopicThread.start(
                  "repository", () -> new TrustReader(context, channels, trust), REPOSITORY_PAUSE),
              fleet.map(
                  known ->
                      TopicThread.start(
                          "reports", () -> new ReportReader(context, known), Duration.ZERO)),
              streams,
              producer,
              answering,
              server,
              bridge(intake, metrics, stage));
      started = true;
    } finally {
      if (!started) {
        streams.close();
        producer.close();
        answering.shutdownNow();
      }
    }
  }

  private Optional<HawkbitApi> hawkbit(
      ArtifactStore store, ReportIntake intake, ReportApi reports, HawkbitMetrics metrics) {
    return fleet.map(
        known ->
            new HawkbitApi(
                settings.hawkbit().orElseThrow(),
                settings.http().tls().isPresent(),
                channels,
                store,
                known,
                intake,
                reports,
                metrics,
                InstantSource.system()));
  }

  private Optional<MqttBridge> bridge(
      ReportIntake intake, GatewayMetrics metrics, StageMetrics stage) {
    if (settings.mqtt().isEmpty()) {
      MqttBridge.none(stage);
    }
    return settings
        .mqtt()
        .map(
            endpoint ->
                MqttBridge.start(
                    endpoint, channels, intake, metrics, settings.requestsPerAddress(), stage));
  }

  private ArtifactStore openStore() {
    try {
      return ArtifactStore.open(context.folder(name()).resolve("files"));
    } catch (IOException e) {
      throw new UncheckedIOException("The gateway's files cannot be read", e);
    }
  }

  /** A device waits for the answer, and sends a report again that was not taken in. */
  private Map<String, Object> producerProperties() {
    Map<String, Object> properties = context.cluster().producerProperties();
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
    return properties;
  }

  /** Whether it serves what was published; that it does while the cluster is away, too. */
  @Override
  public boolean healthy() {
    return alive() && isComplete();
  }

  @Override
  public boolean alive() {
    Running now = running;
    return now != null
        && now.updates().isAlive()
        && now.repository().isAlive()
        && now.reports().map(TopicThread::isAlive).orElse(true);
  }

  @Override
  public Optional<String> hindrance() {
    if (isComplete()) {
      return Optional.empty();
    }
    return Optional.of(
        channels.isComplete() && trust.isComplete()
            ? "what devices have reported is not read yet"
            : "what is published is not read yet");
  }

  @Override
  public Optional<String> remark() {
    return Optional.ofNullable(running).flatMap(Running::mqtt).flatMap(MqttBridge::remark);
  }

  @Override
  public Optional<URI> address() {
    return Optional.ofNullable(running).map(now -> now.server().address());
  }

  /** What makes a browser a device. */
  @Override
  public Optional<ServedPage> page() {
    return Optional.ofNullable(running)
        .map(Running::server)
        .map(
            server ->
                DevicePage.served(
                    settings.url().map(List::of).orElseGet(server::addressesForOthers),
                    server.address()));
  }

  @Override
  public synchronized void close() {
    Running now = running;
    if (now == null) {
      return;
    }
    running = null;
    now.updates().stop();
    now.repository().stop();
    now.reports().ifPresent(TopicThread::stop);
    now.mqtt().ifPresent(MqttBridge::close);
    now.streams().close();
    now.server().close();
    now.updates().join(GRACE);
    now.repository().join(GRACE);
    now.reports().ifPresent(thread -> thread.join(GRACE));
    now.answering().shutdown();
    now.producer().close();
  }

  private boolean isComplete() {
    return channels.isComplete() && trust.isComplete() && fleet.map(Fleet::isComplete).orElse(true);
  }
}
