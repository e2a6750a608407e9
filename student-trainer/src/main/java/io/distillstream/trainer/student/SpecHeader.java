package io.distillstream.trainer.student;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The entries {@code spec.*} of a state's header: numbers by name.
 *
 * <p>A single number of heads or of feed-forward width stands for all blocks.
 */
final class SpecHeader {
  /** Names the family. */
  static final String FAMILY = "spec.family";

  private static final String PREFIX = "spec.";

  private final Map<String, String> entries;

  /** Of a header with other entries beside. */
  SpecHeader(Map<String, String> header) {
    entries = new LinkedHashMap<>(header);
  }

  /** A header to be filled. */
  static SpecHeader of(StudentFamily family) {
    return new SpecHeader(Map.of(FAMILY, family.lowerCase()));
  }

  SpecHeader with(String name, int value) {
    entries.put(PREFIX + name, Integer.toString(value));
    return this;
  }

  SpecHeader with(String name, boolean value) {
    entries.put(PREFIX + name, Boolean.toString(value));
    return this;
  }

  SpecHeader with(List<BlockShape> blocks) {
    with("blocks", blocks.size());
    entries.put(PREFIX + "heads", joined(blocks.stream().map(BlockShape::heads).toList()));
    entries.put(
        PREFIX + "feed_forward", joined(blocks.stream().map(BlockShape::feedForward).toList()));
    return this;
  }

  /** In the order in which they were given. */
  Map<String, String> entries() {
    return Collections.unmodifiableMap(entries);
  }

  Optional<String> family() {
    return Optional.ofNullable(entries.get(FAMILY));
  }

  boolean has(String name) {
    return entries.containsKey(PREFIX + name);
  }

  /**
   * @throws IllegalArgumentException if there is no such entry
   */
  private String entry(String name) {
    String value = entries.get(PREFIX + name);
    if (value == null) {
      throw new IllegalArgumentException("state header lacks " + PREFIX + name);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(entry(name));
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(entry(name));
  }

  int[] numbers(String name) {
    String entry = entry(name);
    return entry.isEmpty()
        ? new int[0]
        : Arrays.stream(entry.split(",")).mapToInt(Integer::parseInt).toArray();
  }

  List<BlockShape> blocks() {
    int count = number("blocks");
    int[] heads = numbers("heads");
    int[] feedForward = numbers("feed_forward");
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
}
