package io.distillstream.trainer.checkpoint.record;

import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.model.safetensors.TensorType;
import io.distillstream.trainer.memory.LabelMixState;
import io.distillstream.trainer.memory.MemoryState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A memory in a state's file: {@code NAME.examples}, one behind the other, U8, {@code
 * NAME.lengths}, I32, {@code NAME.sequences}, I64, and {@code NAME.labels}, I64, which a file of
 * before may lack; none of them where nothing is held. The counts of labels, {@code
 * memory.labels.all}, I64, and {@code memory.labels.newest}, I32, likewise.
 */
final class MemoryTensors {
  /** Of all names here, and of no other tensor. */
  private static final String PREFIX = "memory.";

  static final String REPLAY = PREFIX + "replay";
  static final String HELD_OUT = PREFIX + "held_out";

  private static final String EXAMPLES = ".examples";
  private static final String LENGTHS = ".lengths";
  private static final String SEQUENCES = ".sequences";
  private static final String COUNTS = ".labels";
  private static final String LABELS = PREFIX + "labels.all";
  private static final String NEWEST_LABELS = PREFIX + "labels.newest";
  private static final String OFFERED = ".offered";

  private MemoryTensors() {}

  /**
   * Adds a memory to a file.
   *
   * @param name {@link #REPLAY} or {@link #HELD_OUT}
   */
  static void write(SafetensorsWriter writer, String name, MemoryState memory) {
    writer.metadata(name + OFFERED, Long.toString(memory.offered()));
    List<MemoryState.Entry> entries = memory.entries();
    if (entries.isEmpty()) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(memory.bytes()));
    entries.forEach(entry -> bytes.put(entry.bytes()));
    int count = entries.size();
    int[] lengths = entries.stream().mapToInt(entry -> entry.bytes().length).toArray();
    long[] sequences = entries.stream().mapToLong(MemoryState.Entry::sequence).toArray();
    writer.bytes(name + EXAMPLES, TensorType.U8, bytes.array(), bytes.capacity());
    writer.ints(name + LENGTHS, lengths, count);
    writer.longs(name + SEQUENCES, sequences, count);
    writer.longs(name + COUNTS, memory.labels(), memory.labels().length);
  }

  static void write(SafetensorsWriter writer, LabelMixState labels) {
    if (labels.newest().length > 0) {
      writer.longs(LABELS, labels.all(), labels.all().length);
      writer.ints(NEWEST_LABELS, labels.newest(), labels.newest().length);
    }
  }

  static LabelMixState readLabels(Safetensors file) throws IOException {
    return file.tensors().containsKey(LABELS)
        ? new LabelMixState(file.longs(LABELS), file.ints(NEWEST_LABELS))
        : LabelMixState.NONE;
  }

  /**
   * The inverse; an empty memory where the file has none.
   *
   * @throws IllegalArgumentException if the tensors do not belong together
   */
  static MemoryState read(Safetensors file, String name) throws IOException {
    long offered = Long.parseLong(file.metadata().getOrDefault(name + OFFERED, "0"));
    List<String> missing =
        Stream.of(EXAMPLES, LENGTHS, SEQUENCES)
            .map(name::concat)
            .filter(tensor -> !file.tensors().containsKey(tensor))
            .toList();
    if (missing.size() == 3) {
      return new MemoryState(offered, new long[0], List.of());
    }
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("its %s lacks %s".formatted(name, missing));
    }
    byte[] bytes = file.bytes(name + EXAMPLES);
    int[] lengths = file.ints(name + LENGTHS);
    long[] sequences = file.longs(name + SEQUENCES);
    if (sequences.length != lengths.length
        || Arrays.stream(lengths).anyMatch(length -> length < 0)
        || Arrays.stream(lengths).asLongStream().sum() != bytes.length) {
      throw new IllegalArgumentException(
          "its %s has %d bytes, %d lengths and %d sequences"
              .formatted(name, bytes.length, lengths.length, sequences.length));
    }
    List<MemoryState.Entry> entries = new ArrayList<>(lengths.length);
    int start = 0;
    for (int i = 0; i < lengths.length; i++) {
      entries.add(
          new MemoryState.Entry(
              sequences[i], Arrays.copyOfRange(bytes, start, start + lengths[i])));
      start += lengths[i];
    }
    long[] labels =
        file.tensors().containsKey(name + COUNTS) ? file.longs(name + COUNTS) : new long[0];
    return new MemoryState(offered, labels, entries);
  }

  /** Whether a tensor of a state's file is one of a memory. */
  static boolean isOne(String tensor) {
    return tensor.startsWith(PREFIX);
  }
}
