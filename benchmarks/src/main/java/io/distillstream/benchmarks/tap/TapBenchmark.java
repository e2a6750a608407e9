package io.distillstream.benchmarks.tap;

import io.distillstream.benchmarks.service.BenchmarkCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.tap.TapService;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Streams through a tap beside the same streams from the server itself. */
@Command(
    name = "tap",
    mixinStandardHelpOptions = true,
    description = {
      "What a tap adds to the time to the first token of a stream and to each later one: the same",
      "scripted server asked directly, directly with log-probabilities, and through a tap, in mixed order."
    })
public final class TapBenchmark implements Callable<Integer> {

  private static final long SEED = 1;
  private static final double MEDIAN = 0.5;
  private static final double RARE = 0.99;
  private static final String DIRECT = "directly";
  private static final String SCORED = "directly, with log-probabilities";
  private static final String TAPPED = "through the tap";

  @Option(
      names = "--streams",
      description = "Of each way that count, about (default: ${DEFAULT-VALUE}).")
  private int streams = 500;

  @Option(
      names = "--warm-up",
      description = "Of each way before these, about (default: ${DEFAULT-VALUE}).")
  private int warmUp = 1_500;

  @Option(
      names = "--pace",
      description = "Milliseconds between two tokens of a stream (default: ${DEFAULT-VALUE}).")
  private long pace = 1;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  TapBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ScriptedModel model = new ScriptedModel(TimeUnit.MILLISECONDS.toNanos(pace));
        ServiceContext context = cluster.context("tapped");
        TapService tap = Taps.before(model, context, Map.of())) {
      URI tapped = tap.address().orElseThrow();
      Map<String, StreamDelays> ways = new LinkedHashMap<>();
      ways.put(DIRECT, new StreamDelays(model, model.url(), ""));
      ways.put(
          SCORED, new StreamDelays(model, model.url(), ",\"logprobs\":true,\"top_logprobs\":20"));
      ways.put(TAPPED, new StreamDelays(model, tapped, ""));
      ask(ways, warmUp * ways.size());
      ways.values().forEach(StreamDelays::clear);
      ask(ways, streams * ways.size());
      print(out, ways);
    }
    return 0;
  }

  /** Each way about as often, drawn anew each time, since what it follows is not without effect. */
  private static void ask(Map<String, StreamDelays> ways, int times)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<StreamDelays> all = new ArrayList<>(ways.values());
    for (int i = 0; i < times; i++) {
      all.get(random.nextInt(all.size())).ask();
    }
  }

  private static void print(PrintWriter out, Map<String, StreamDelays> ways) {
    out.println("| ms | first token, p50 | p99 | each later token, p50 | p99 |");
    out.println("|---|---|---|---|---|");
    ways.forEach(
        (name, delays) ->
            out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.3f | %.3f |%n",
                name,
                delays.first(MEDIAN),
                delays.first(RARE),
                delays.event(MEDIAN),
                delays.event(RARE)));
    out.flush();
  }
}
