package io.distillstream.benchmarks.scenario;

import io.distillstream.benchmarks.scenario.order.LabelledSet;
import io.distillstream.benchmarks.scenario.order.Scenario;
import io.distillstream.benchmarks.scenario.report.HtmlPage;
import io.distillstream.benchmarks.scenario.report.JsonFigures;
import io.distillstream.benchmarks.scenario.report.Peer;
import io.distillstream.benchmarks.scenario.report.Relapse;
import io.distillstream.benchmarks.scenario.report.ScenarioRow;
import io.distillstream.benchmarks.scenario.report.StreamReport;
import io.distillstream.benchmarks.scenario.report.TextTable;
import io.distillstream.benchmarks.scenario.run.Trial;
import io.distillstream.benchmarks.scenario.run.Variant;
import io.distillstream.benchmarks.student.CorpusOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The same records in the orders in which live traffic comes, to a student with replay and gate and
 * without each; scored on examples that nobody learns.
 */
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description = {
      "Traffic as it really comes: the same records in random order, ordered by label, in bursts,",
      "with halves of the labels by day, with labels that appear late, and with labels that change",
      "their meaning; with replay and gate, and without each.",
      "The gate judges the student that would be published, in fp32 and for its INT8 artifact."
    })
public final class StreamBenchmark implements Callable<Integer> {

  @Mixin private CorpusOptions texts = new CorpusOptions();

  @Option(names = "--scored", description = "Score on so many held-out examples (default: all).")
  private int scored = Integer.MAX_VALUE;

  @Option(
      names = "--scenarios",
      split = ",",
      description = "Some of ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Scenario> scenarios = EnumSet.allOf(Scenario.class);

  @Option(
      names = "--variants",
      split = ",",
      description = {
        "Some of ${COMPLETION-CANDIDATES} (default: all). NO_REPLAY has the gate alone, NO_GATE",
        "replay alone."
      })
  private Set<Variant> variants = EnumSet.allOf(Variant.class);

  @Option(names = "--records", description = "Of a stream (default: ${DEFAULT-VALUE}).")
  private int count = 20_000;

  @Option(
      names = "--every",
      description = "Trained records between two checkpoints (default: ${DEFAULT-VALUE}).")
  private int every = 1_500;

  @Option(names = "--day", description = "Records of a day (default: ${DEFAULT-VALUE}).")
  private int day = 2_000;

  @Option(
      names = "--seed",
      description = "Of orders and first weights (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(
      names = "--seeds",
      description = {
        "Let a student that was trained on the records in random order meet others that come",
        "grouped by label, so many times, each in another order (default: ${DEFAULT-VALUE})."
      })
  private int seeds;

  @Option(
      names = "--grouped",
      description = "Records that come grouped, with --seeds (default: ${DEFAULT-VALUE}).")
  private int grouped = 5_000;

  @Option(
      names = "--set",
      description = {
        "A setting of the trainer, such as trainer.alpha=0.5, or of the gate, such as",
        "quantizer.incumbent.margin=0.02."
      })
  private Map<String, String> chosen = new HashMap<>();

  @Option(
      names = "--python",
      description = {
        "An interpreter with torch 2.7.1 and numpy: also train the same student there, on streams",
        "whose labels keep their meaning, with trainer.replay.share of each step from a reservoir."
      })
  private @Nullable String python;

  @Option(names = "--html", description = "Write a page with curves here.")
  private @Nullable Path html;

  @Option(names = "--json", description = "Write all figures here.")
  private @Nullable Path json;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  StreamBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    LabelledSet labelled = LabelledSet.of(texts.load(out), Trial.maxTokens(chosen), scored);
    String title =
        String.format(
            Locale.ROOT,
            "%s: %,d records of %d labels a stream, scored on %,d others every %,d records",
            labelled.name(),
            Math.min(count, labelled.traffic().size()),
            labelled.classes(),
            labelled.heldOut().size(),
            every);
    out.println(title);
    ScenarioRuns.Plan plan = new ScenarioRuns.Plan(count, every, day, seed);
    List<Peer> peers = new ArrayList<>();
    List<ScenarioRow> rows = scenarios(new ScenarioRuns(labelled, chosen, plan, out), peers, out);
    List<Relapse> relapses =
        seeds == 0
            ? List.of()
            : new RelapseRuns(labelled, chosen, plan, grouped, out).relapses(seeds, variants);
    StreamReport report = new StreamReport(title, new TreeMap<>(chosen), rows, relapses, peers);
    out.println(TextTable.of(report));
    out.flush();
    if (html != null) {
      Files.writeString(html, HtmlPage.of(report));
    }
    if (json != null) {
      JsonFigures.write(report, json);
    }
    return 0;
  }

  /**
   * Runs all scenarios.
   *
   * @param peers are added to
   */
  private List<ScenarioRow> scenarios(ScenarioRuns runs, List<Peer> peers, PrintWriter out)
      throws IOException, InterruptedException {
    List<ScenarioRow> rows = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      List<ScenarioRow> some = runs.rows(scenario, variants);
      out.println(TextTable.of(some));
      out.flush();
      rows.addAll(some);
      Set<Boolean> done = new HashSet<>();
      for (ScenarioRow row : some) {
        if (python != null && row.changeFrom().isEmpty() && done.add(row.variant().replay())) {
          peers.add(runs.peer(python, scenario, row));
        }
      }
    }
    return rows;
  }
}
