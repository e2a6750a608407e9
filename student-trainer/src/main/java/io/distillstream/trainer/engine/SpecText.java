package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A {@link StudentSpec} as the entries {@code spec.*} of a state's header.
 *
 * <p>A header without {@code spec.family} is of a transformer; a single number of heads or of
 * feed-forward width stands for all its blocks; without {@code spec.head_width} its heads share the
 * width.
 */
final class SpecText {
  private static final String FAMILY = "spec.family";
  private static final String TRANSFORMER = "transformer";
  private static final String NGRAM = "ngram";

  private SpecText() {}

  static Map<String, String> write(StudentSpec spec) {
    if (spec instanceof TransformerSpec transformer) {
      return write(transformer);
    }
    if (spec instanceof NgramSpec ngram) {
      return write(ngram);
    }
    throw new IllegalArgumentException("no header for " + spec);
  }

  private static Map<String, String> write(TransformerSpec spec) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put(FAMILY, TRANSFORMER);
    header.put("spec.vocabulary_size", Integer.toString(spec.vocabularySize()));
    header.put("spec.width", Integer.toString(spec.width()));
    header.put("spec.head_width", Integer.toString(spec.headWidth()));
    header.put("spec.blocks", Integer.toString(spec.blocks().size()));
    header.put("spec.heads", joined(spec.blocks().stream().map(BlockShape::heads).toList()));
    header.put(
        "spec.feed_forward", joined(spec.blocks().stream().map(BlockShape::feedForward).toList()));
    header.put("spec.classes", Integer.toString(spec.classes()));
    header.put("spec.max_tokens", Integer.toString(spec.maxTokens()));
    header.put("spec.positions", Boolean.toString(spec.positions()));
    return header;
  }

  private static Map<String, String> write(NgramSpec spec) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put(FAMILY, NGRAM);
    header.put("spec.vocabulary_size", Integer.toString(spec.vocabularySize()));
    header.put("spec.width", Integer.toString(spec.width()));
    header.put("spec.buckets", Integer.toString(spec.buckets()));
    header.put("spec.classes", Integer.toString(spec.classes()));
    header.put("spec.max_tokens", Integer.toString(spec.maxTokens()));
    return header;
  }

  static StudentSpec read(Map<String, String> header) {
    String family = header.getOrDefault(FAMILY, TRANSFORMER);
    return switch (family) {
      case TRANSFORMER -> transformer(header);
      case NGRAM -> ngram(header);
      default -> throw new IllegalArgumentException("state header has " + FAMILY + " " + family);
    };
  }

  private static NgramSpec ngram(Map<String, String> header) {
    return new NgramSpec(
        number(header, "spec.vocabulary_size"),
        number(header, "spec.width"),
        number(header, "spec.buckets"),
        number(header, "spec.classes"),
        number(header, "spec.max_tokens"));
  }

  private static TransformerSpec transformer(Map<String, String> header) {
    int width = number(header, "spec.width");
    int[] heads = numbers(header, "spec.heads");
    int headWidth =
        header.containsKey("spec.head_width")
            ? number(header, "spec.head_width")
            : width / heads[0];
    return new TransformerSpec(
        number(header, "spec.vocabulary_size"),
        width,
        headWidth,
        blocks(number(header, "spec.blocks"), heads, numbers(header, "spec.feed_forward")),
        number(header, "spec.classes"),
        number(header, "spec.max_tokens"),
        Boolean.parseBoolean(entry(header, "spec.positions")));
  }

  private static List<BlockShape> blocks(int count, int[] heads, int[] feedForward) {
    List<BlockShape> blocks = new ArrayList<>();
    for (int block = 0; block < count; block++) {
      blocks.add(new BlockShape(of(block, heads, count), of(block, feedForward, count)));
    }
    return blocks;
  }

  private static int of(int block, int[] perBlock, int blocks) {
    if (perBlock.length != 1 && perBlock.length != blocks) {
      throw new IllegalArgumentException(
          "state header has %d numbers for %d blocks".formatted(perBlock.length, blocks));
    }
    return perBlock.length == 1 ? perBlock[0] : perBlock[block];
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static int[] numbers(Map<String, String> header, String key) {
    String entry = entry(header, key);
    return entry.isEmpty()
        ? new int[0]
        : Arrays.stream(entry.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  static String entry(Map<String, String> header, String key) {
    String value = header.get(key);
    if (value == null) {
      throw new IllegalArgumentException("state header lacks " + key);
    }
    return value;
  }

  private static int number(Map<String, String> header, String key) {
    return Integer.parseInt(entry(header, key));
  }
}
