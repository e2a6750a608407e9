package io.distillstream.benchmarks.tokens;

import io.distillstream.avro.TokenTable;
import io.distillstream.benchmarks.measure.WireSize;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.openai.UnusableTokensException;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.TokenTableCodec;
import io.distillstream.wire.tokens.TokenShares;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Both codings of tables of tokens, on answers of a language model. */
@Command(
    name = "token-tables",
    mixinStandardHelpOptions = true,
    description = {
      "Bytes that a token with its alternatives takes, in plain columns and coded arithmetically:",
      "as they are, and all tables of a file compressed with Zstandard as one batch; what the parts",
      "of the coded ones take; and the processor time to encode and decode a token.",
      "FOLDER holds what benchmarks/src/main/python/token_completions.py writes."
    })
public final class TokenTablesBenchmark implements Callable<Integer> {

  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final double MICROS = 1e3;
  private static final String HEAD =
      "%-14s %4s %7s %7s | %7s %7s | %7s %7s | %6s %6s %6s | %6s %6s%n"
          .formatted(
              "file", "k", "answers", "tokens", "plain", "zstd", "coded", "zstd", "dict.", "ment.",
              "logp.", "enc.", "dec.");

  @Parameters(paramLabel = "FOLDER", description = "With files of JSON lines.")
  private Path folder;

  @Option(
      names = "--alternatives",
      split = ",",
      description = "Of each token (default: ${DEFAULT-VALUE}).")
  private List<Integer> alternatives = List.of(20, 64);

  @Option(
      names = "--rounds",
      description = "Of encoding and decoding, of which the median counts (default: 5).")
  private int rounds = 5;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  TokenTablesBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    out.print(HEAD);
    for (Path file : files()) {
      for (int k : alternatives) {
        out.print(row(file, k));
        out.flush();
      }
    }
    out.println("bytes a token; encoding and decoding in µs of a processor a token");
    out.flush();
    return 0;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
      if (found.isEmpty()) {
        throw new CommandFailedException(folder + " holds no file that ends with .jsonl");
      }
      return found;
    }
  }

  private String row(Path file, int k) throws IOException, UnusableTokensException {
    List<List<ScoredToken>> answers = RecordedAnswers.read(file, k);
    double tokens = answers.stream().mapToInt(List::size).sum();
    byte[] plain = bytes(answers, TokenTableCodec::encodePlainly);
    byte[] coded = bytes(answers, TokenTableCodec::encode);
    List<TokenTable> tables = answers.stream().map(TokenTableCodec::encode).toList();
    List<TokenShares> shares = tables.stream().map(TokenTableCodec::shares).toList();
    return String.format(
        Locale.ROOT,
        "%-14s %4d %7d %7.0f | %7.1f %7.1f | %7.1f %7.1f | %6.1f %6.1f %6.1f | %6.1f %6.1f%n",
        String.valueOf(file.getFileName()).replace(".jsonl", ""),
        k,
        answers.size(),
        tokens,
        plain.length / tokens,
        WireSize.zstd(plain) / tokens,
        coded.length / tokens,
        WireSize.zstd(coded) / tokens,
        shares.stream().mapToDouble(TokenShares::dictionary).sum() / tokens,
        shares.stream().mapToDouble(TokenShares::mentions).sum() / tokens,
        shares.stream().mapToDouble(TokenShares::logProbabilities).sum() / tokens,
        micros(() -> answers.forEach(TokenTableCodec::encode)) / tokens,
        micros(() -> tables.forEach(TokenTableCodec::decode)) / tokens);
  }

  /** All tables in a row. */
  private static byte[] bytes(
      List<List<ScoredToken>> answers, Function<List<ScoredToken>, TokenTable> encode) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (List<ScoredToken> answer : answers) {
      TokenTable table = encode.apply(answer);
      for (ByteBuffer column :
          List.of(
              table.getDictionary(),
              table.getMentions(),
              table.getLogProbabilities(),
              table.getCoded())) {
        byte[] bytes = new byte[column.remaining()];
        column.duplicate().get(bytes);
        all.writeBytes(bytes);
      }
    }
    return all.toByteArray();
  }

  private double micros(Runnable work) {
    // A round that does not count.
    work.run();
    double[] times = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long start = CLOCK.getCurrentThreadCpuTime();
      work.run();
      times[i] = (CLOCK.getCurrentThreadCpuTime() - start) / MICROS;
    }
    Arrays.sort(times);
    return times[rounds / 2];
  }
}
