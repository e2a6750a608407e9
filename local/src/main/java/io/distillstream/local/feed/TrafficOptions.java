package io.distillstream.local.feed;

import io.distillstream.local.terminal.CommandFailedException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
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
  private TrafficFile.@Nullable Format format;

  boolean isStandardInput() {
    return file.equals("-");
  }

  /** Opens the file; the caller closes the reader. */
  public Reader open() throws IOException {
    if (isStandardInput()) {
      return new InputStreamReader(System.in, StandardCharsets.UTF_8);
    }
    try {
      return Files.newBufferedReader(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new CommandFailedException("File " + file + " does not exist", e);
    }
  }

  /** What an open reader holds; ids are made from {@code idPrefix} where it has none. */
  public TrafficFile items(Reader reader, String idPrefix) {
    return new TrafficFile(isStandardInput() ? "standard input" : file, reader, format(), idPrefix);
  }

  private TrafficFile.Format format() {
    if (format != null) {
      return format;
    }
    return file.toLowerCase(Locale.ROOT).endsWith(".csv")
        ? TrafficFile.Format.CSV
        : TrafficFile.Format.JSONL;
  }
}
