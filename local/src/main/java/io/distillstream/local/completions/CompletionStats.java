package io.distillstream.local.completions;

import io.distillstream.avro.Completion;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.wire.payload.TokenTableCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How many completions there are, and of what use. */
final class CompletionStats {

  private final Map<String, Long> unusable = new TreeMap<>();
  private long completions;
  private long usable;
  private long tokens;
  private long tokenBytes;
  private long alternatives;
  private long recordBytes;

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
      alternatives +=
          TokenTableCodec.decode(table).stream()
              .mapToInt(token -> token.alternatives().size())
              .sum();
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
      lines.add(mean("bytes a token", tokenBytes) + "  before compression");
      lines.add(mean("bytes a token, whole record", recordBytes) + "  before compression");
    }
    return lines;
  }

  private String mean(String name, long sum) {
    return "%-28s %10.1f".formatted(name, (double) sum / tokens);
  }

  private static String line(String name, long count) {
    return "%-28s %10d".formatted(name, count);
  }
}
