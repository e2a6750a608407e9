package io.distillstream.onnx.delta;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the initializers of an ONNX file have their values. Parsed messages do not tell, so this
 * walks through the bytes and looks at nothing else.
 */
final class OnnxLayout {
  private final CodedInputStream in;
  private final List<StoredTensor> tensors = new ArrayList<>();

  private OnnxLayout(byte[] file) {
    this.in = CodedInputStream.newInstance(file);
  }

  /** In the order of the file; empty where it is no ONNX file. */
  static List<StoredTensor> of(byte[] file) {
    OnnxLayout layout = new OnnxLayout(file);
    try {
      layout.each(ModelProto.GRAPH_FIELD_NUMBER, layout::graph);
      return layout.tensors;
    } catch (IOException e) {
      // Its bytes are as good as any others then.
      return List.of();
    }
  }

  private interface Message {
    void read() throws IOException;
  }

  private void graph() throws IOException {
    each(GraphProto.INITIALIZER_FIELD_NUMBER, this::tensor);
  }

  /** Reads one message of each field of that number, to the end of the message around it. */
  private void each(int field, Message message) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == field && isDelimited(tag)) {
        int outer = in.pushLimit(in.readRawVarint32());
        message.read();
        in.popLimit(outer);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void tensor() throws IOException {
    String name = "";
    int type = 0;
    List<Long> dims = new ArrayList<>();
    int at = 0;
    int bytes = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case TensorProto.NAME_FIELD_NUMBER -> name = in.readString();
        case TensorProto.DATA_TYPE_FIELD_NUMBER -> type = in.readInt32();
        case TensorProto.DIMS_FIELD_NUMBER -> dims(tag, dims);
        case TensorProto.RAW_DATA_FIELD_NUMBER -> {
          bytes = in.readRawVarint32();
          at = in.getTotalBytesRead();
          in.skipRawBytes(bytes);
        }
        default -> in.skipField(tag);
      }
    }
    if (bytes > 0) {
      tensors.add(new StoredTensor(name, type, dims, at, bytes));
    }
  }

  private void dims(int tag, List<Long> dims) throws IOException {
    if (!isDelimited(tag)) {
      dims.add(in.readInt64());
      return;
    }
    int outer = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      dims.add(in.readInt64());
    }
    in.popLimit(outer);
  }

  private static boolean isDelimited(int tag) {
    return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
