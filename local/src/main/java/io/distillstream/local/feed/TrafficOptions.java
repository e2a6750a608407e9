package io.distillstream.local.feed;

import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.text.LabelledTexts;
import io.distillstream.text.TextFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options by which commands take a file of traffic. */
public final class TrafficOptions {

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "'-' or absent: standard input.")
  private String file = "-";

  @Option(
      names = "--format",
      description = "csv or jsonl (default: by the file's name, jsonl for standard input).")
  private @Nullable TextFormat format;

  /** Whether texts are typed or piped in, and can be read only once. */
  boolean isStandardInput() {
    return file.equals("-");
  }

  /** Opens the file at its beginning; the caller closes it. */
  public LabelledTexts open() {
    TextFormat chosen = format == null ? TextFormat.ofName(file).orElse(TextFormat.JSONL) : format;
    if (isStandardInput()) {
      return LabelledTexts.of("standard input", System.in, chosen);
    }
    if (!Files.exists(Path.of(file))) {
      throw new CommandFailedException("File " + file + " does not exist");
    }
    return LabelledTexts.open(Path.of(file), chosen);
  }
}
