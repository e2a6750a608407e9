package io.distillstream.local.completions;

import io.distillstream.avro.Completion;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.Stretch;
import io.distillstream.wire.scan.TopicScan;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what the tap recorded. */
@Command(
    name = "completions",
    mixinStandardHelpOptions = true,
    description = {
      "Print what the tap recorded of a language model's answers, a JSON object a line.",
      "Reads to the present end of the topic; what was published twice is printed once."
    })
public final class CompletionsCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(CompletionsCommand.class);

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "The last N of each partition; without it all that the topic keeps.")
  private @Nullable Integer last;

  @Option(
      names = "--tokens",
      description = "With each token, its alternatives and the mass of all others.")
  private boolean tokens;

  @Option(
      names = "--stats",
      description =
          "How many there are, of what use, how certain, and bytes a token, instead of them.")
  private boolean stats;

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  CompletionsCommand() {}

  @Override
  public Integer call() {
    ClusterSettings cluster = ClusterSettings.from(options.load());
    if (last != null && last < 1) {
      throw new CommandFailedException("--last " + last + ": expected a number from 1");
    }
    ClusterSettings.requireReachable(cluster.connection());
    PrintWriter out = spec.commandLine().getOut();
    CompletionStats counted = new CompletionStats();
    Each each =
        stats
            ? counted::add
            : (completion, bytes) -> out.println(CompletionJson.of(completion, tokens));
    Unreadable unreadable = new Unreadable();
    read(cluster, each, unreadable);
    if (stats) {
      counted.lines().forEach(out::println);
    }
    out.flush();
    unreadable.warning().ifPresent(spec.commandLine().getErr()::println);
    return 0;
  }

  @FunctionalInterface
  private interface Each {
    void accept(Completion completion, int bytes);
  }

  private void read(ClusterSettings cluster, Each each, Unreadable unreadable) {
    RecentKeys seen = new RecentKeys();
    try (WireFormat wire = new WireFormat(cluster.connection());
        TopicScan scan = new TopicScan(cluster.connection())) {
      Codec<Completion> codec = wire.codec(Topics.COMPLETIONS, cluster.pipeline());
      List<Stretch> stretches =
          last == null ? scan.whole(codec.topic()) : scan.last(codec.topic(), last);
      scan.read(
          stretches,
          record -> {
            try {
              Completion completion = codec.decode(record.value());
              if (seen.add(completion.getExchangeId() + "/" + completion.getChoice())) {
                each.accept(completion, record.value().length);
              }
            } catch (UndecodableRecordException | IllegalArgumentException e) {
              log.debug("Offset {} of {} is no completion", record.offset(), record.topic(), e);
              unreadable.add(record.topic(), record.partition(), record.offset(), e);
            }
          });
    }
  }
}
