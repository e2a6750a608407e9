package io.distillstream.benchmarks.tap;

import io.distillstream.avro.Completion;
import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.benchmarks.measure.Comparison;
import io.distillstream.benchmarks.service.BenchmarkCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.tap.TapService;
import io.distillstream.tap.sample.Sampler;
import io.distillstream.tap.sample.SamplingSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Two taps before one scripted server, of which one has every rule of sampling set. */
@Command(
    name = "sampling",
    mixinStandardHelpOptions = true,
    description = {
      "Answers that one client gets through a tap that suppresses near-duplicates, thins frequent",
      "labels and sure answers, beside one that records everything; and the processor time that the",
      "rules take for an exchange, by the length of its prompt."
    })
public final class SamplingBenchmark implements Callable<Integer> {

  private static final Map<String, String> EVERY_RULE =
      Map.of(
          "tap.near-duplicate-window", "1h",
          "tap.label-share", "0.01",
          "tap.sure-rate", "0.5");

  private static final int REMEMBERED = 10_000;
  private static final int[] PROMPT_CHARACTERS = {300, 3_000, 30_000, 300_000};
  private static final int MEASURED_CHARACTERS = 30_000_000;
  private static final int WORDS = 20_000;

  @Option(
      names = "--exchanges",
      description = "In each round, through each tap (default: ${DEFAULT-VALUE}).")
  private int exchanges = 2_000;

  @Option(names = "--rounds", description = "How many count (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Spec private CommandSpec spec;

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<String> words = words();

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  SamplingBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (BenchmarkCluster cluster = new BenchmarkCluster();
        ScriptedModel model = new ScriptedModel();
        ServiceContext one = cluster.context("sampled");
        ServiceContext other = cluster.context("all");
        TapService sampled = Taps.before(model, one, EVERY_RULE);
        TapService all = Taps.before(model, other, Map.of())) {
      new Comparison("exchanges", exchanges)
          .print(out, rounds, "sampled", () -> ask(sampled), "all", () -> ask(all));
    }
    for (int characters : PROMPT_CHARACTERS) {
      // A round that does not count.
      microsEach(characters);
      out.printf(
          Locale.ROOT,
          "prompts of %,d characters: %.0f µs of a processor an exchange%n",
          characters,
          microsEach(characters));
      out.flush();
    }
    return 0;
  }

  /** Seconds that one client waits for all its answers. */
  private double ask(TapService tap) throws IOException, InterruptedException {
    URI url = tap.address().orElseThrow().resolve("/v1/chat/completions");
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < exchanges; i++) {
      bodies.add("{\"model\":\"m\",\"messages\":%s}".formatted(messages(1_000)));
    }
    // Of its own: what an earlier round used may have been idle for too long.
    HttpClient http = HttpClient.newHttpClient();
    long start = System.nanoTime();
    for (String body : bodies) {
      HttpRequest request =
          HttpRequest.newBuilder(url)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException("The tap answered with " + answer.statusCode());
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Of the rules alone, with as many prompts remembered as by default. */
  private double microsEach(int characters) {
    Sampler sampler =
        new Sampler(
            SamplingSettings.from(Settings.load(SamplingSettings.all(), EVERY_RULE)),
            reason -> {},
            random);
    for (int i = 0; i < REMEMBERED; i++) {
      sampler.omission(List.of(completion(300)));
    }
    List<Completion> completions = new ArrayList<>();
    for (int i = 0; i < MEASURED_CHARACTERS / characters / 10; i++) {
      completions.add(completion(characters));
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    completions.forEach(completion -> sampler.omission(List.of(completion)));
    return (threads.getCurrentThreadCpuTime() - start) / 1e3 / completions.size();
  }

  private Completion completion(int characters) {
    return new Completion(
        "exchange",
        0,
        CompletionEndpoint.CHAT,
        false,
        "m",
        "",
        messages(characters),
        "{}",
        "label " + random.nextInt(),
        null,
        "stop",
        0,
        null,
        null,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private String messages(int characters) {
    StringBuilder text = new StringBuilder();
    while (text.length() < characters) {
      text.append(words.get(random.nextInt(WORDS))).append(' ');
    }
    return "[{\"role\":\"user\",\"content\":\"%s\"}]".formatted(text);
  }

  private List<String> words() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < WORDS; i++) {
      StringBuilder word = new StringBuilder();
      for (int letters = random.nextInt(2, 10); letters > 0; letters--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      made.add(word.toString());
    }
    return made;
  }
}
