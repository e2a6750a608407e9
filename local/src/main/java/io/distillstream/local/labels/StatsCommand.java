package io.distillstream.local.labels;

import io.distillstream.local.labels.log.LabelSpaces;
import io.distillstream.local.labels.log.Workplace;
import io.distillstream.local.labels.stats.LabelStats;
import io.distillstream.local.labels.stats.TopicSizes;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What there is. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    description = {
      "Count the labels that the log holds: by teacher and version with times and entropy, by the",
      "most probable class, and how many bytes a label takes; and what topics take on the brokers'",
      "disks. 'completions --stats' counts tokens."
    })
final class StatsCommand implements Callable<Integer> {

  @Mixin private TimeRange range = new TimeRange();

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  StatsCommand() {}

  @Override
  public Integer call() throws Exception {
    Workplace.with(options, spec.commandLine().getErr()::println, this::count);
    return 0;
  }

  private void count(Workplace place) throws IOException {
    place.labels().requireThere();
    LabelStats stats = new LabelStats(LabelSpaces.of(place.settings())::of);
    place
        .labels()
        .labels(
            range.from(),
            logged -> {
              if (range.holds(logged.label().getReceivedAt())) {
                stats.add(logged);
              }
            });
    PrintWriter out = spec.commandLine().getOut();
    stats.lines().forEach(line -> Terminal.print(out, line));
    Terminal.print(out, "");
    Terminal.print(
        out, "bytes an offset on the brokers' disks, compressed, transaction markers too");
    TopicSizes.lines(place.cluster()).forEach(line -> Terminal.print(out, line));
    long unreadable = place.labels().unreadable();
    if (unreadable > 0) {
      spec.commandLine().getErr().println("warning: " + unreadable + " records could not be read");
    }
  }
}
