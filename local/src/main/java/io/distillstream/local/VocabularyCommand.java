package io.distillstream.local;

import io.distillstream.local.feed.LoggedTexts;
import io.distillstream.local.feed.TrafficOptions;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.settings.SettingsOptions;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.VocabularyTrimming;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.text.LabelledTexts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trims a vocabulary to what traffic uses. */
@Command(
    name = "vocabulary",
    mixinStandardHelpOptions = true,
    description = {
      "Count the word pieces of a traffic file, or of the requests on the log, and write a",
      "tokenizer without those that do not occur: a smaller student for the same traffic.",
      "Then run the pipeline with --set trainer.tokenizer=FILE, in another data.folder or under",
      "another name in trainer.model, quantizer.model and monitor.model.",
    })
final class VocabularyCommand implements Callable<Integer> {

  @Mixin private TrafficOptions traffic = new TrafficOptions();

  @Option(
      names = "--kafka",
      description = "Count the requests topic of the cluster in the settings instead of a file.")
  private boolean kafka;

  @Option(
      names = "--tokenizer",
      paramLabel = "LOCATION",
      description = "tokenizer.json to trim (default: ${DEFAULT-VALUE}).")
  private String tokenizer = "classpath:/all-minilm-l6-v2-tokenizer.json";

  @Option(
      names = "--least",
      paramLabel = "COUNT",
      description = "Occurrences that keep a piece (default: ${DEFAULT-VALUE}).")
  private long least = 1;

  @Option(
      names = "--most",
      paramLabel = "PIECES",
      description = "Pieces left at most, the most frequent ones (default: no limit).")
  private int most = Integer.MAX_VALUE;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "tokenizer.json.")
  private Path out;

  @Mixin private SettingsOptions settings = new SettingsOptions();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  VocabularyCommand() {}

  @Override
  public Integer call() throws IOException {
    WordPieceTokenizer full = read(new ModelLocation(tokenizer));
    VocabularyTrimming trimming = new VocabularyTrimming(full);
    count(trimming);
    WordPieceTokenizer trimmed = trimming.trimmed(least, most);
    try (OutputStream file = Files.newOutputStream(out)) {
      trimmed.writeTokenizerJson(file);
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT,
        "kept %,d of %,d word pieces after %,d texts (%,d of them are always kept): %s%n",
        trimmed.vocabulary().size(),
        full.vocabulary().size(),
        trimming.texts(),
        trimming.needed(),
        out);
    terminal.flush();
    return 0;
  }

  private void count(VocabularyTrimming trimming) throws IOException {
    if (kafka) {
      ClusterSettings cluster = ClusterSettings.from(settings.load());
      ClusterSettings.requireReachable(cluster.connection());
      LogFile.during(
          () -> LoggedTexts.read(cluster.connection(), cluster.pipeline(), trimming::count),
          cluster.dataFolder(),
          "vocabulary",
          spec.commandLine().getErr()::println);
      return;
    }
    try (LabelledTexts texts = traffic.open()) {
      texts.forEachRemaining(text -> trimming.count(text.text()));
    }
  }

  private static WordPieceTokenizer read(ModelLocation location) {
    try (InputStream in = location.open()) {
      return WordPieceTokenizer.fromTokenizerJson(in);
    } catch (IOException | ModelFormatException e) {
      throw new CommandFailedException(
          "The tokenizer cannot be read from " + location + ": " + e.getMessage(), e);
    }
  }
}
