package io.distillstream.local.completions;

import io.distillstream.avro.Completion;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.local.labels.stats.EntropyHistogram;
import io.distillstream.wire.opinion.TokenEntropy;
import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.TokenTableCodec;
import io.distillstream.wire.tokens.TokenShares;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How many completions there are, and of what use. */
final class CompletionStats {

  private static final double NATS_PER_BIN = 0.001;

  private final Map<String, Long> unusable = new TreeMap<>();
  private final EntropyHistogram entropies = new EntropyHistogram(NATS_PER_BIN);
  private long completions;
  private long usable;
  private long tokens;
  private double tokenBytes;
  private double dictionaryBytes;
  private double mentionBytes;
  private double logProbabilityBytes;
  private double alternatives;
  private double recordBytes;

  /**
   * Counts one.
   *
   * @param bytes of its record, as the broker has it
   */
  void add(Completion completion, int bytes) {
    completions++;
    TokenTable table = completion.getTokens();
    TokensUnusable why = completion.getTokensUnusable();
    if (table != null) {
      List<ScoredToken> scored = TokenTableCodec.decode(table);
      TokenShares shares = TokenTableCodec.shares(table);
      dictionaryBytes += shares.dictionary();
      mentionBytes += shares.mentions();
      logProbabilityBytes += shares.logProbabilities();
      alternatives += scored.stream().mapToInt(token -> token.alternatives().size()).sum();
      entropies.add(TokenEntropy.mean(scored));
      usable++;
      tokens += table.getTokens();
      tokenBytes += TokenTableCodec.bytes(table);
      recordBytes += bytes;
    } else if (why != null) {
      unusable.merge(why.name().toLowerCase(Locale.ROOT), 1L, Long::sum);
    }
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("completions", completions));
    lines.add(line("with tokens", usable));
    unusable.forEach((why, count) -> lines.add(line("without: " + why, count)));
    lines.add(line("tokens", tokens));
    if (tokens > 0) {
      lines.add(mean("alternatives a token", alternatives));
      lines.add(
          "%-28s %10.3f  nats; 10th, 90th percentile %.3f, %.3f"
              .formatted(
                  "mean entropy, median",
                  entropies.percentile(0.5),
                  entropies.percentile(0.1),
                  entropies.percentile(0.9)));
      lines.add(mean("bytes a token", tokenBytes) + "  before compression");
      lines.add(mean("  dictionary", dictionaryBytes) + "  texts of tokens");
      lines.add(mean("  mentions", mentionBytes) + "  which tokens, and the chosen one");
      lines.add(mean("  log-probabilities", logProbabilityBytes) + "  and the mass of the others");
      lines.add(mean("bytes a token, whole record", recordBytes) + "  before compression");
    }
    return lines;
  }

  private String mean(String name, double sum) {
    return "%-28s %10.1f".formatted(name, sum / tokens);
  }

  private static String line(String name, long count) {
    return "%-28s %10d".formatted(name, count);
  }
}
