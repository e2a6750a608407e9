package io.distillstream.local.feed;

import io.distillstream.local.feed.order.OrderOptions;
import io.distillstream.local.feed.order.OrderedTexts;
import io.distillstream.local.server.ServerOptions;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.local.terminal.Terminal;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends a file, or standard input, as live traffic. */
@Command(
    name = "feed",
    mixinStandardHelpOptions = true,
    description = {
      "Send a CSV or JSONL file, or standard input, as live traffic to a running pipeline.",
      "CSV needs a header with 'text'; 'label' and 'request_id' are optional in both."
    })
public final class FeedCommand implements Callable<Integer> {

  /** Over HTTP (the default) or straight to the log. */
  static final class Route {

    @Option(
        names = "--url",
        description = "The teacher's address (default: http://127.0.0.1:8080).")
    private @Nullable String url;

    @Option(
        names = "--kafka",
        description = "Write to the requests topic of the cluster in the settings instead of HTTP.")
    private boolean kafka;
  }

  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Mixin private OrderOptions order = new OrderOptions();

  @Option(
      names = "--rate",
      paramLabel = "PER_SECOND",
      description = "Requests per second (default: ${DEFAULT-VALUE}).")
  private double rate = 50;

  @Option(
      names = "--calls",
      description = "HTTP calls unanswered at once (default: ${DEFAULT-VALUE}).")
  private int calls = 8;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      description = "How long a pipeline may be away (default: ${DEFAULT-VALUE}).")
  private int patienceSeconds = 30;

  @ArgGroup private @Nullable Route route;

  @Mixin private ServerOptions server = new ServerOptions();

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  FeedCommand() {}

  @Override
  public Integer call() throws Exception {
    if (route != null && route.kafka) {
      ClusterSettings cluster = ClusterSettings.from(settings.load());
      ClusterSettings.requireReachable(cluster.connection());
      LogFile.during(
          () -> send(new LogFeed(cluster.connection(), cluster.pipeline())),
          cluster.dataFolder(),
          "feed",
          spec.commandLine().getErr()::println);
    } else {
      String url = route == null || route.url == null ? "http://127.0.0.1:8080" : route.url;
      send(new HttpFeed(url, calls, Duration.ofSeconds(patienceSeconds), server.access()));
    }
    return 0;
  }

  /** Sends everything and closes the feed. */
  private void send(Feed feed) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor();
    long start = System.nanoTime();
    // Lines typed or piped slowly are sent one by one, files a few at a time.
    int batchSize = traffic.isStandardInput() ? 1 : 16;
    try (feed;
        OrderedTexts texts =
            order.open(
                traffic::open, traffic.isStandardInput(), line -> Terminal.print(out, line))) {
      progress.scheduleAtFixedRate(() -> print(out, feed, start), 5, 5, TimeUnit.SECONDS);
      new TrafficSender(feed, new Pace(rate, System::nanoTime), batchSize)
          .send(new TrafficItems(texts, "feed-" + UUID.randomUUID()), () -> true);
      if (!texts.unused().isEmpty()) {
        String names = String.join(", ", new TreeSet<>(texts.unused()));
        Terminal.print(out, "not used: " + names + "; a request has text, label and request_id");
      }
      texts.heldOut().ifPresent(heldOut -> print(out, heldOut));
    } finally {
      progress.shutdownNow();
    }
    print(out, feed, start);
  }

  private static void print(PrintWriter out, OrderedTexts.HeldOut heldOut) {
    out.printf(
        Locale.ROOT,
        "held out %,d of %,d texts in %s%n",
        heldOut.texts(),
        heldOut.of(),
        heldOut.file());
    out.flush();
  }

  private static void print(PrintWriter out, Feed feed, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(
        Locale.ROOT,
        "accepted %,d requests in %.1f s (%.1f/s), %,d retries%n",
        feed.accepted(),
        seconds,
        feed.accepted() / seconds,
        feed.retried());
    out.flush();
  }
}
