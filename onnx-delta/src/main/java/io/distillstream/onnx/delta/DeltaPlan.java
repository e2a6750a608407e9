package io.distillstream.onnx.delta;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.distillstream.delta.NumberType;
import io.distillstream.delta.Segment;
import io.distillstream.delta.Segment.Copy;
import io.distillstream.delta.Segment.Numbers;
import io.distillstream.delta.Segment.Rows;
import io.distillstream.delta.Segment.Scales;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The segments that make one ONNX file of another, tensor by tensor. */
final class DeltaPlan {
  /** What our quantizer calls the scales of a tensor that it holds in 8 bits. */
  private static final String SCALES = "/scales";

  /** What stands for zero where weights are unsigned. */
  private static final int UNSIGNED_ZERO = 128;

  private final byte[] from;
  private final byte[] to;
  private final Map<String, StoredTensor> old = new HashMap<>();
  private final Map<String, StoredTensor> fresh = new HashMap<>();
  private final CommonBytes common;
  private final List<Segment> segments = new ArrayList<>();

  private DeltaPlan(byte[] from, byte[] to) {
    this.from = from;
    this.to = to;
    this.common = new CommonBytes(from, to);
  }

  static List<Segment> of(byte[] from, byte[] to) {
    DeltaPlan plan = new DeltaPlan(from, to);
    plan.write(OnnxLayout.of(from), OnnxLayout.of(to));
    return joined(plan.segments);
  }

  private void write(List<StoredTensor> oldTensors, List<StoredTensor> newTensors) {
    newTensors.forEach(tensor -> fresh.put(tensor.name(), tensor));
    int unpaired = 0;
    for (StoredTensor tensor : oldTensors) {
      StoredTensor pair = fresh.get(tensor.name());
      if (pair != null && pair.matches(tensor) && old.put(tensor.name(), tensor) == null) {
        common.index(unpaired, tensor.at());
        unpaired = tensor.end();
      }
    }
    common.index(unpaired, from.length);
    int done = 0;
    int expected = 0;
    for (StoredTensor tensor : newTensors) {
      StoredTensor pair = old.get(tensor.name());
      if (pair != null && tensor.equals(fresh.get(tensor.name()))) {
        common.plan(done, tensor.at(), expected, segments);
        segments.add(segment(pair, tensor));
        done = tensor.end();
        expected = pair.end();
      }
    }
    common.plan(done, to.length, expected, segments);
  }

  private Segment segment(StoredTensor before, StoredTensor after) {
    if (Arrays.equals(from, before.at(), before.end(), to, after.at(), after.end())) {
      return new Copy(after.bytes(), before.at());
    }
    int rowBytes = after.rowBytes(Segment.MOST_IN_A_ROW);
    NumberType numbers = numbers(before, after);
    if (numbers != null && after.bytes() % numbers.bytes() == 0) {
      int width = Math.max(1, rowBytes / numbers.bytes());
      return new Numbers(after.bytes(), before.at(), numbers, width);
    }
    Rows plain =
        new Rows(after.bytes(), before.at(), rowBytes, zero(after.type()), Optional.empty());
    Optional<Scales> scales = scales(after).filter(moved -> helps(moved, plain, after.at()));
    return new Rows(plain.length(), plain.from(), plain.width(), plain.zero(), scales);
  }

  private @Nullable NumberType numbers(StoredTensor before, StoredTensor after) {
    return switch (after.type()) {
      case DataType.FLOAT_VALUE ->
          isRounded(from, before) && isRounded(to, after)
              ? NumberType.ROUNDED_FLOAT32
              : NumberType.FLOAT32;
      case DataType.FLOAT16_VALUE -> NumberType.FLOAT16;
      case DataType.INT32_VALUE -> NumberType.INT32;
      default -> null;
    };
  }

  /** Whether the last eight digits of all its numbers are 0. */
  private static boolean isRounded(byte[] file, StoredTensor tensor) {
    for (int at = tensor.at(); at < tensor.end(); at += Float.BYTES) {
      if (file[at] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int zero(int type) {
    return type == DataType.UINT8_VALUE ? UNSIGNED_ZERO : 0;
  }

  /** Those of a tensor in 8 bits, if they have moved and it is known which weight each is of. */
  private Optional<Scales> scales(StoredTensor weights) {
    StoredTensor after = fresh.get(weights.name() + SCALES);
    StoredTensor before = old.get(weights.name() + SCALES);
    if (after == null
        || before == null
        || after.type() != DataType.FLOAT_VALUE
        || after.bytes() / Float.BYTES > Segment.MOST_IN_A_ROW
        || Arrays.equals(from, before.at(), before.end(), to, after.at(), after.end())) {
      return Optional.empty();
    }
    int count = after.bytes() / Float.BYTES;
    int run = count == weights.lastAxis() ? 1 : weights.bytes() / count;
    return run == 1 || weights.leads(count)
        ? Optional.of(new Scales(before.at(), after.at(), count, run))
        : Optional.empty();
  }

  /**
   * Whether moved scales explain more weights than they confuse, such as those of packed nibbles.
   */
  private boolean helps(Scales scales, Rows rows, int at) {
    float[] quotients = new float[scales.count()];
    for (int i = 0; i < quotients.length; i++) {
      int place = Float.BYTES * i;
      quotients[i] = number(from, scales.from() + place) / number(to, scales.to() + place);
    }
    int gain = 0;
    for (int i = 0; i < rows.length(); i++) {
      byte before = from[(int) rows.from() + i];
      byte after = to[at + i];
      int weight = (byte) (before - rows.zero());
      int expected = Math.round(weight * quotients[i / scales.run() % quotients.length]);
      gain += before == after ? -1 : 0;
      gain += (byte) (expected + rows.zero()) == after ? 1 : 0;
    }
    return gain > 0;
  }

  private static float number(byte[] file, long at) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getFloat((int) at);
  }

  /** Makes one of copies that follow each other in both files. */
  private static List<Segment> joined(List<Segment> segments) {
    List<Segment> joined = new ArrayList<>();
    for (Segment segment : segments) {
      int last = joined.size() - 1;
      if (segment instanceof Copy next
          && last >= 0
          && joined.get(last) instanceof Copy copy
          && copy.from() + copy.length() == next.from()) {
        joined.set(last, new Copy(copy.length() + next.length(), copy.from()));
      } else {
        joined.add(segment);
      }
    }
    return joined;
  }
}
