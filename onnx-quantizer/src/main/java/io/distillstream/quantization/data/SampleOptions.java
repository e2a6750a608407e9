package io.distillstream.quantization.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a file of samples does not say by itself.
 *
 * @param tokenizer a {@code tokenizer.json}, for texts; without one the model's metadata must hold
 *     a tokenizer, and with one that is not looked at
 * @param maxTokens the most tokens of a text, special tokens included, at least 2; longer texts
 *     lose their end. Without it what the model's metadata says, else {@value #DEFAULT_MAX_TOKENS}
 * @param dimensions lengths of open axes for made-up samples: by the axis's symbol, or by {@code
 *     input:axis}, axes counted from 0
 * @param seed of made-up samples
 */
public record SampleOptions(
    Optional<Path> tokenizer, OptionalInt maxTokens, Map<String, Long> dimensions, long seed) {
  public static final int DEFAULT_MAX_TOKENS = 128;

  /** Nothing but what model and file say. */
  public static final SampleOptions DEFAULT =
      new SampleOptions(Optional.empty(), OptionalInt.empty(), Map.of(), 1);

  public SampleOptions {
    dimensions = Map.copyOf(dimensions);
    if (maxTokens.isPresent() && maxTokens.getAsInt() < 2) {
      throw new IllegalArgumentException("Expected at least 2 tokens, got " + maxTokens.getAsInt());
    }
    dimensions.forEach(
        (axis, length) -> {
          if (length < 1) {
            throw new IllegalArgumentException(
                "Expected a length of at least 1 for %s, got %d".formatted(axis, length));
          }
        });
  }

  public SampleOptions withTokenizer(Path tokenizerJson) {
    return new SampleOptions(Optional.of(tokenizerJson), maxTokens, dimensions, seed);
  }

  public SampleOptions withMaxTokens(int value) {
    return new SampleOptions(tokenizer, OptionalInt.of(value), dimensions, seed);
  }

  public SampleOptions withDimension(String axis, long length) {
    Map<String, Long> more = new LinkedHashMap<>(dimensions);
    more.put(axis, length);
    return new SampleOptions(tokenizer, maxTokens, more, seed);
  }

  public SampleOptions withSeed(long value) {
    return new SampleOptions(tokenizer, maxTokens, dimensions, value);
  }
}
