package io.distillstream.trainer.checkpoint.record;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.model.safetensors.TensorInfo;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.memory.MemoriesState;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.steering.Steering;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A resumable state as a safetensors file: weights, moments and what is remembered as tensors;
 * counters, the student's shape and what training continues with in the header.
 */
public final class StateFile {
  private static final String VERSION = "checkpoint.version";
  private static final String RECORDS = "lineage.records";
  private static final String DIGEST = "lineage.digest";

  private StateFile() {}

  public static void write(GoodState good, Path file) throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata(good.state().header())
            .metadata(VERSION, Long.toString(good.lineage().version()))
            .metadata(RECORDS, Long.toString(good.lineage().records()))
            .metadata(DIGEST, Long.toHexString(good.lineage().digest()))
            .metadata(good.steering());
    MemoryTensors.write(writer, MemoryTensors.REPLAY, good.memories().replay());
    MemoryTensors.write(writer, MemoryTensors.HELD_OUT, good.memories().heldOut());
    MemoryTensors.write(writer, good.memories().labels());
    good.state()
        .tensors()
        .forEach((name, tensor) -> writer.floats(name, tensor::pieces, shape(tensor)));
    writer.write(file);
  }

  /**
   * Opens such a file for its tensors, each of which is read when it is asked for, on any thread.
   * The file may be deleted meanwhile; it takes room until this is closed.
   */
  @MustBeClosed
  public static StoredTensors stored(Path file) throws IOException {
    return new StoredTensors(open(file));
  }

  @SuppressWarnings("MustBeClosed") // Transferred, or ends with the last tensor of a state.
  private static Safetensors open(Path file) throws IOException {
    return Safetensors.open(file);
  }

  /**
   * Reads what {@link #write} wrote; tensors when they are asked for, from a file that stays open
   * as long as one of them is in use.
   *
   * @param lineage what the manifest says of the state
   * @throws IllegalArgumentException if the state says otherwise, or is no state
   */
  public static GoodState read(Path file, Lineage lineage) throws IOException {
    Safetensors tensors = open(file);
    boolean read = false;
    try {
      GoodState good = read(tensors, lineage);
      read = true;
      return good;
    } finally {
      if (!read) {
        tensors.close();
      }
    }
  }

  private static GoodState read(Safetensors tensors, Lineage lineage) throws IOException {
    expect(tensors, VERSION, Long.toString(lineage.version()));
    expect(tensors, RECORDS, Long.toString(lineage.records()));
    expect(tensors, DIGEST, Long.toHexString(lineage.digest()));
    Map<String, FloatTensor> values = new HashMap<>();
    StoredTensors stored = new StoredTensors(tensors);
    for (TensorInfo info : tensors.tensors().values()) {
      if (!MemoryTensors.isOne(info.name())) {
        int[] shape = info.shape().stream().mapToInt(Math::toIntExact).toArray();
        values.put(info.name(), FloatTensor.from(stored.source(info.name()), shape));
      }
    }
    return new GoodState(
        StudentState.from(values, tensors.metadata()),
        lineage,
        Steering.entries(tensors.metadata()),
        new MemoriesState(
            MemoryTensors.read(tensors, MemoryTensors.REPLAY),
            MemoryTensors.read(tensors, MemoryTensors.HELD_OUT),
            MemoryTensors.readLabels(tensors)));
  }

  private static void expect(Safetensors tensors, String key, String expected) {
    String actual = tensors.metadata(key);
    if (!actual.equals(expected)) {
      throw new IllegalArgumentException(
          "its %s is %s, the manifest says %s".formatted(key, actual, expected));
    }
  }

  private static long[] shape(FloatTensor tensor) {
    return Arrays.stream(tensor.shape()).asLongStream().toArray();
  }
}
