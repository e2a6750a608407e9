package io.distillstream.quantization.calibrate;

import io.distillstream.quantization.calibrate.distribution.Histogram;
import io.distillstream.quantization.calibrate.distribution.MovingAverage;
import io.distillstream.quantization.calibrate.distribution.StoredState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A calibration state as bytes, big-endian: mark, version, number of samples, number of tensors;
 * then per tensor its name, its histogram, its moving averages.
 */
final class CalibrationFile {
  private static final int MARK = 0x44534353;
  private static final int VERSION = 1;

  private CalibrationFile() {}

  static void write(CalibrationState state, OutputStream stream) throws IOException {
    DataOutputStream out = new DataOutputStream(stream);
    out.writeInt(MARK);
    out.writeInt(VERSION);
    out.writeLong(state.samples());
    out.writeInt(state.statistics().size());
    for (Map.Entry<String, TensorStatistics> tensor : state.statistics().entrySet()) {
      out.writeUTF(tensor.getKey());
      tensor.getValue().histogram().writeTo(out);
      tensor.getValue().average().writeTo(out);
    }
    out.flush();
  }

  static CalibrationState read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    try {
      StoredState.expect(in.readInt() == MARK, "it does not begin like one");
      int version = in.readInt();
      StoredState.expect(version == VERSION, "version " + version + " is not " + VERSION);
      long samples = in.readLong();
      StoredState.expect(samples >= 0, "it claims " + samples + " samples");
      int count = in.readInt();
      Map<String, TensorStatistics> tensors = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        TensorStatistics read =
            new TensorStatistics(Histogram.readFrom(in), MovingAverage.readFrom(in));
        StoredState.expect(tensors.putIfAbsent(name, read) == null, name + " occurs twice");
      }
      return new CalibrationState(tensors, samples);
    } catch (EOFException e) {
      StreamCorruptedException corrupted = StoredState.corrupted("it ends early");
      corrupted.initCause(e);
      throw corrupted;
    }
  }
}
