package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.BlockShape;
import io.distillstream.trainer.student.CausalTransformerSpec;
import io.distillstream.trainer.student.ConvolutionLayer;
import io.distillstream.trainer.student.ConvolutionSpec;
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
  private static final String CAUSAL = "causal";
  private static final String NGRAM = "ngram";
  private static final String CONVOLUTION = "convolution";

  private SpecText() {}

  static Map<String, String> write(StudentSpec spec) {
    if (spec instanceof TransformerSpec transformer) {
      return write(transformer);
    }
    if (spec instanceof NgramSpec ngram) {
      return write(ngram);
    }
    if (spec instanceof CausalTransformerSpec causal) {
      return write(causal);
    }
    if (spec instanceof ConvolutionSpec convolution) {
      return write(convolution);
    }
    throw new IllegalArgumentException("no header for " + spec);
  }

  private static Map<String, String> write(TransformerSpec spec) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put(FAMILY, TRANSFORMER);
    header.put("spec.vocabulary_size", Integer.toString(spec.vocabularySize()));
    header.put("spec.width", Integer.toString(spec.width()));
    header.put("spec.head_width", Integer.toString(spec.headWidth()));
    writeBlocks(header, spec.blocks());
    header.put("spec.classes", Integer.toString(spec.classes()));
    header.put("spec.max_tokens", Integer.toString(spec.maxTokens()));
    header.put("spec.positions", Boolean.toString(spec.positions()));
    return header;
  }

  private static Map<String, String> write(CausalTransformerSpec spec) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put(FAMILY, CAUSAL);
    header.put("spec.vocabulary_size", Integer.toString(spec.vocabularySize()));
    header.put("spec.width", Integer.toString(spec.width()));
    header.put("spec.head_width", Integer.toString(spec.headWidth()));
    writeBlocks(header, spec.blocks());
    header.put("spec.max_tokens", Integer.toString(spec.maxTokens()));
    return header;
  }

  /** A layer is {@code filters x kernel height x kernel width x stride}. */
  private static Map<String, String> write(ConvolutionSpec spec) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put(FAMILY, CONVOLUTION);
    header.put("spec.channels", Integer.toString(spec.channels()));
    header.put("spec.height", Integer.toString(spec.height()));
    header.put("spec.width", Integer.toString(spec.width()));
    header.put(
        "spec.layers",
        spec.layers().stream()
            .map(
                layer ->
                    "%dx%dx%dx%d"
                        .formatted(
                            layer.filters(),
                            layer.kernelHeight(),
                            layer.kernelWidth(),
                            layer.stride()))
            .collect(Collectors.joining(",")));
    header.put("spec.classes", Integer.toString(spec.classes()));
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

  private static void writeBlocks(Map<String, String> header, List<BlockShape> blocks) {
    header.put("spec.blocks", Integer.toString(blocks.size()));
    header.put("spec.heads", joined(blocks.stream().map(BlockShape::heads).toList()));
    header.put("spec.feed_forward", joined(blocks.stream().map(BlockShape::feedForward).toList()));
  }

  static StudentSpec read(Map<String, String> header) {
    String family = header.getOrDefault(FAMILY, TRANSFORMER);
    return switch (family) {
      case TRANSFORMER -> transformer(header);
      case NGRAM -> ngram(header);
      case CAUSAL -> causal(header);
      case CONVOLUTION -> convolution(header);
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

  private static CausalTransformerSpec causal(Map<String, String> header) {
    return new CausalTransformerSpec(
        number(header, "spec.vocabulary_size"),
        number(header, "spec.width"),
        number(header, "spec.head_width"),
        blocks(header),
        number(header, "spec.max_tokens"));
  }

  private static ConvolutionSpec convolution(Map<String, String> header) {
    List<ConvolutionLayer> layers = new ArrayList<>();
    for (String layer : entry(header, "spec.layers").split(",", -1)) {
      int[] numbers = Arrays.stream(layer.split("x", -1)).mapToInt(Integer::parseInt).toArray();
      if (numbers.length != 4) {
        throw new IllegalArgumentException("state header has layer " + layer);
      }
      layers.add(new ConvolutionLayer(numbers[0], numbers[1], numbers[2], numbers[3]));
    }
    return new ConvolutionSpec(
        number(header, "spec.channels"),
        number(header, "spec.height"),
        number(header, "spec.width"),
        layers,
        number(header, "spec.classes"));
  }

  private static TransformerSpec transformer(Map<String, String> header) {
    int width = number(header, "spec.width");
    int headWidth =
        header.containsKey("spec.head_width")
            ? number(header, "spec.head_width")
            : width / numbers(header, "spec.heads")[0];
    return new TransformerSpec(
        number(header, "spec.vocabulary_size"),
        width,
        headWidth,
        blocks(header),
        number(header, "spec.classes"),
        number(header, "spec.max_tokens"),
        Boolean.parseBoolean(entry(header, "spec.positions")));
  }

  private static List<BlockShape> blocks(Map<String, String> header) {
    int count = number(header, "spec.blocks");
    int[] heads = numbers(header, "spec.heads");
    int[] feedForward = numbers(header, "spec.feed_forward");
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
