package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings in the values of tensors that a model keeps in other files of its folder (ONNX's
 * ExternalData.md: keys {@code location}, {@code offset}, {@code length}).
 *
 * <p>A model is somebody else's input, so its locations may not lead out of the folder.
 */
final class ExternalData {
  private final Path model;
  private long totalBytes;

  private ExternalData(Path model) throws IOException {
    this.model = model;
    totalBytes = Files.size(model);
  }

  /**
   * The same model in one piece.
   *
   * @throws InvalidModelException if a file is missing, too short or outside of the folder, or if
   *     the whole is larger than one file can be
   */
  static ModelProto load(ModelProto proto, Path model) throws IOException {
    ExternalData data = new ExternalData(model);
    ModelProto.Builder whole = proto.toBuilder();
    data.load(whole.getGraphBuilder());
    return whole.build();
  }

  /** Whether a tensor keeps its values elsewhere. */
  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == DataLocation.EXTERNAL;
  }

  /** The file that holds a tensor's values, as the model names it. */
  static String location(TensorProto tensor) {
    return entries(tensor).getOrDefault("location", "");
  }

  private void load(GraphProto.Builder graph) throws IOException {
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      if (isExternal(graph.getInitializer(i))) {
        graph.setInitializer(i, read(graph.getInitializer(i)));
      }
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (holdsTensors(graph.getNode(i))) {
        load(graph.getNodeBuilder(i));
      }
    }
  }

  private static boolean holdsTensors(NodeProto node) {
    return node.getAttributeList().stream()
        .anyMatch(
            attribute -> attribute.hasT() || attribute.hasG() || attribute.getGraphsCount() > 0);
  }

  private void load(NodeProto.Builder node) throws IOException {
    for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
      if (isExternal(attribute.getT())) {
        attribute.setT(read(attribute.getT()));
      }
      if (attribute.hasG()) {
        load(attribute.getGBuilder());
      }
      for (GraphProto.Builder body : attribute.getGraphsBuilderList()) {
        load(body);
      }
    }
  }

  private TensorProto read(TensorProto tensor) throws IOException {
    Path file = resolve(tensor);
    long offset = number(tensor, "offset", 0);
    long length = number(tensor, "length", Math.max(0, Files.size(file) - offset));
    if (offset > Files.size(file) - length) {
      throw new InvalidModelException(
          "Tensor %s needs bytes %d to %d of %s, which has %d"
              .formatted(
                  tensor.getName(), offset, offset + length, file.getFileName(), Files.size(file)));
    }
    totalBytes = Math.addExact(totalBytes, length);
    SizeLimit.check(totalBytes, model.toString());
    return tensor.toBuilder()
        .clearDataLocation()
        .clearExternalData()
        .setRawData(UnsafeByteOperations.unsafeWrap(bytes(file, offset, (int) length)))
        .build();
  }

  private static ByteBuffer bytes(Path file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(file)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("%s became shorter while it was read".formatted(file));
        }
      }
    }
    return bytes.flip();
  }

  /** The file of a tensor, which must lie in the model's folder, also behind links. */
  private Path resolve(TensorProto tensor) throws IOException {
    String location = location(tensor);
    Path folder = folderOf(model.toAbsolutePath());
    Path file = folder.resolve(location).normalize();
    if (location.isEmpty()
        || !file.startsWith(folder.normalize())
        || Path.of(location).isAbsolute()) {
      throw outside(tensor, location);
    }
    if (!Files.isRegularFile(file)) {
      throw new InvalidModelException(
          "Tensor %s keeps its values in %s, which is not beside %s; put it there, or export the model as one file"
              .formatted(tensor.getName(), location, model.getFileName()));
    }
    // A download cache may hold links to the model and its data, both in one other folder.
    Path real = file.toRealPath();
    if (!real.startsWith(folder.toRealPath()) && !real.startsWith(folderOf(model.toRealPath()))) {
      throw outside(tensor, location);
    }
    return real;
  }

  private static Path folderOf(Path file) {
    return file.resolveSibling("");
  }

  private static InvalidModelException outside(TensorProto tensor, String location) {
    return new InvalidModelException(
        "Tensor %s keeps its values in '%s'; accepted are files in the model's own folder only"
            .formatted(tensor.getName(), location));
  }

  private static long number(TensorProto tensor, String key, long ifAbsent) {
    String text = entries(tensor).getOrDefault(key, Long.toString(ifAbsent));
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, together with negative numbers.
    }
    throw new InvalidModelException(
        "Tensor %s: %s of its external data must be a number of bytes, is '%s'"
            .formatted(tensor.getName(), key, text));
  }

  private static Map<String, String> entries(TensorProto tensor) {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    return entries;
  }
}
