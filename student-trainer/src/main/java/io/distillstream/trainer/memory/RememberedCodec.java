package io.distillstream.trainer.memory;

import io.distillstream.foundation.Binary16;
import io.distillstream.trainer.loss.AbsentTarget;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.loss.SampledTarget;
import io.distillstream.trainer.loss.SoftTarget;
import io.distillstream.trainer.loss.TopKTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A remembered example as bytes, exact: what is read learns as what was written. Numbers that
 * binary16 holds, as those that come off the log are, take two bytes each, others four.
 */
final class RememberedCodec {
  private static final int DENSE = 0;
  private static final int TOP_K = 1;
  private static final int SAMPLED = 2;

  private RememberedCodec() {}

  static byte[] encode(Remembered example) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(out, example.tokens());
      out.writeInt(example.truth());
      write(out, example.embedding());
      write(out, example.target());
    } catch (IOException e) {
      throw new UncheckedIOException("An array cannot be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * The inverse of {@link #encode}.
   *
   * @throws IllegalArgumentException if the bytes are no example
   */
  static Remembered decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int[] tokens = ints(in);
      int truth = in.readInt();
      float[] embedding = floats(in);
      Remembered example = new Remembered(tokens, target(in), embedding, truth);
      if (in.available() > 0) {
        throw new IllegalArgumentException(
            "%d bytes are left of %d after the example".formatted(in.available(), bytes.length));
      }
      return example;
    } catch (IOException e) {
      throw new IllegalArgumentException("%d bytes are no example".formatted(bytes.length), e);
    }
  }

  private static void write(DataOutputStream out, SoftTarget target) throws IOException {
    if (target instanceof DenseTarget dense) {
      out.writeByte(DENSE);
      write(out, dense.logits());
    } else if (target instanceof TopKTarget topK) {
      out.writeByte(TOP_K);
      out.writeInt(topK.classes());
      write(out, topK.indices());
      write(out, topK.logits());
      out.writeFloat(topK.tailLogMass());
    } else if (target instanceof SampledTarget sampled) {
      out.writeByte(SAMPLED);
      out.writeInt(sampled.classes());
      out.writeInt(sampled.answer());
      write(out, sampled.indices());
      write(out, sampled.weights());
      write(out, sampled.logProbabilities());
    } else {
      throw new IllegalArgumentException(
          "nothing is remembered of %s".formatted(AbsentTarget.class.getSimpleName()));
    }
  }

  private static SoftTarget target(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case DENSE -> new DenseTarget(floats(in));
      case TOP_K -> new TopKTarget(in.readInt(), ints(in), floats(in), in.readFloat());
      case SAMPLED ->
          new SampledTarget(in.readInt(), in.readInt(), ints(in), floats(in), floats(in));
      default -> throw new IllegalArgumentException("a target of unknown kind " + kind);
    };
  }

  /** In two bytes each where all fit, as word-piece ids and labels mostly do. */
  private static void write(DataOutputStream out, int[] values) throws IOException {
    boolean small = true;
    for (int value : values) {
      small &= value >= 0 && value <= 0xffff;
    }
    out.writeInt(values.length);
    out.writeBoolean(small);
    for (int value : values) {
      if (small) {
        out.writeShort(value);
      } else {
        out.writeInt(value);
      }
    }
  }

  private static int[] ints(DataInputStream in) throws IOException {
    int[] values = new int[count(in)];
    boolean small = in.readBoolean();
    for (int i = 0; i < values.length; i++) {
      values[i] = small ? in.readUnsignedShort() : in.readInt();
    }
    return values;
  }

  /** Of values that take two bytes at least; room is only made for as many as there can be. */
  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > in.available() / Short.BYTES) {
      throw new IllegalArgumentException("%d values in %d bytes".formatted(count, in.available()));
    }
    return count;
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    boolean half = true;
    for (float value : values) {
      half &= Binary16.toFloat(Binary16.fromFloat(value)) == value;
    }
    out.writeInt(values.length);
    out.writeBoolean(half);
    for (float value : values) {
      if (half) {
        out.writeShort(Binary16.fromFloat(value));
      } else {
        out.writeFloat(value);
      }
    }
  }

  private static float[] floats(DataInputStream in) throws IOException {
    float[] values = new float[count(in)];
    boolean half = in.readBoolean();
    for (int i = 0; i < values.length; i++) {
      values[i] = half ? Binary16.toFloat(in.readShort()) : in.readFloat();
    }
    return values;
  }
}
