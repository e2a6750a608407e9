package io.distillstream.monitor;

import io.distillstream.lag.LagBounds;
import io.distillstream.lag.LagCollector;
import io.distillstream.lag.LagMeter;
import io.distillstream.monitor.view.History;
import io.distillstream.monitor.view.PipelineView;
import io.distillstream.monitor.view.Snapshot;
import io.distillstream.monitor.view.Status;
import io.distillstream.runtime.Service;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.http.HttpServer;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches a pipeline through its topics and shows it: the page at {@code /}, {@code /api/status}
 * ({@link Status}), {@code /api/history} ({@link History}), both as a live {@code /api/stream},
 * Prometheus figures at {@code /metrics} and {@code /health/live}. It calls no service and changes
 * nothing, so that any number of monitors may watch one pipeline.
 */
public final class MonitorService implements Service {

  private static final Duration GRACE = Duration.ofSeconds(3);

  private final MonitorSettings settings;
  private final ServiceContext context;
  private final Clock clock = Clock.systemUTC();
  private volatile @Nullable Running running;

  /** What lives from start to close. */
  private record Running(
      LagCollector lag,
      TopicReader reader,
      Thread thread,
      EventStream stream,
      StatusGauges gauges,
      FreshnessHistograms histograms,
      LagMetrics lagMetrics,
      HttpServer server) {}

  /** Borrows the context. */
  public MonitorService(MonitorSettings settings, ServiceContext context) {
    this.settings = settings;
    this.context = context;
  }

  @Override
  public String name() {
    return "monitor";
  }

  @Override
  public synchronized void start() {
    if (running != null) {
      throw new IllegalStateException("The monitor is already started");
    }
    PipelineView empty =
        new PipelineView(
            context.pipeline().name(), settings.model(), settings.recent(), settings.freshness());
    EventStream stream = new EventStream(Snapshot.of(empty, clock.instant(), null));
    PipelineGroups groups =
        new PipelineGroups(context.pipeline(), settings.model(), settings.lag().groups());
    LagCollector lag = measure(groups);
    boolean started = false;
    try {
      HttpServer server =
          HttpServer.start(
              settings.http(),
              List.of(this),
              context.reporter().registry(),
              config -> routes(config, stream));
      TopicReader reader = new TopicReader(context, settings, groups, lag, clock, stream::publish);
      Thread thread = new Thread(reader, "monitor-reader");
      thread.start();
      StatusGauges gauges =
          new StatusGauges(context.reporter().registry(), () -> stream.current().status());
      FreshnessHistograms histograms =
          FreshnessHistograms.register(context.reporter().registry(), stream::current);
      LagMetrics lagMetrics =
          LagMetrics.register(
              context.reporter().registry().getPrometheusRegistry(),
              settings.lag().clusterName(),
              lag);
      running = new Running(lag, reader, thread, stream, gauges, histograms, lagMetrics, server);
      started = true;
    } finally {
      if (!started) {
        stream.close();
        lag.close();
      }
    }
  }

  private LagCollector measure(PipelineGroups groups) {
    LagBounds bounds = new LagBounds(settings.lag().exactUpTo());
    return LagCollector.start(
        LagMeter.connect(context.cluster().adminProperties(), groups, bounds, clock),
        settings.lag().period(),
        clock);
  }

  private static void routes(JavalinConfig config, EventStream stream) {
    Assets.serve(config);
    config.routes.get("/api/status", request -> json(request, stream.current().statusJson()));
    config.routes.get("/api/history", request -> json(request, stream.current().historyJson()));
    config.routes.sse("/api/stream", stream::add);
  }

  private static void json(Context request, String body) {
    request.contentType("application/json").header("Cache-Control", "no-store").result(body);
  }

  /** The port of the page; useful where any free one was asked for. */
  public int port() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("The monitor is not started");
    }
    return now.server().port();
  }

  @Override
  public Optional<URI> address() {
    return Optional.ofNullable(running).map(now -> now.server().address());
  }

  /** Whether its reader lives and the brokers answer. */
  @Override
  public boolean healthy() {
    Running now = running;
    return now != null && now.thread().isAlive() && now.lag().fresh();
  }

  @Override
  public boolean alive() {
    Running now = running;
    return now != null && now.thread().isAlive();
  }

  @Override
  public synchronized void close() {
    Running now = running;
    if (now == null) {
      return;
    }
    running = null;
    now.gauges().close();
    now.histograms().close();
    now.lagMetrics().close();
    now.stream().close();
    now.server().close();
    now.reader().stop();
    try {
      now.thread().join(GRACE.toMillis());
      now.thread().interrupt();
      now.thread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    now.lag().close();
  }
}
