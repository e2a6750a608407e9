package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Parses the bytes of a file, and says what is wrong with one that is no ONNX model. */
final class ModelFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private ModelFile() {}

  static ModelProto parse(byte[] file) {
    refuse(Arrays.copyOf(file, Math.min(file.length, FileKind.headBytes())), "The given bytes");
    try {
      return ModelProto.parseFrom(file);
    } catch (InvalidProtocolBufferException e) {
      throw notOnnx("The given bytes", e);
    }
  }

  static ModelProto parse(Path file) throws IOException {
    SizeLimit.check(Files.size(file), file.toString());
    try (InputStream in = Files.newInputStream(file)) {
      return parse(in, file.toString());
    }
  }

  static ModelProto parse(InputStream stream, String source) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, BUFFER_BYTES);
    in.mark(FileKind.headBytes());
    refuse(in.readNBytes(FileKind.headBytes()), source);
    in.reset();
    try {
      CodedInputStream coded = CodedInputStream.newInstance(in, BUFFER_BYTES);
      coded.setSizeLimit(Integer.MAX_VALUE);
      return ModelProto.parseFrom(coded);
    } catch (InvalidProtocolBufferException e) {
      if (e.getCause() instanceof IOException read) {
        throw read;
      }
      throw notOnnx(source, e);
    }
  }

  private static void refuse(byte[] head, String source) {
    if (head.length == 0) {
      throw new InvalidModelException(
          source + " is not an ONNX model: it is empty, it has no graph");
    }
    Optional<String> other = FileKind.explain(head);
    if (other.isPresent()) {
      throw new InvalidModelException(
          "%s is not an ONNX model: it is %s".formatted(source, other.get()));
    }
  }

  private static InvalidModelException notOnnx(String source, InvalidProtocolBufferException e) {
    return new InvalidModelException(
        "%s is not an ONNX model, or only a part of one: %s".formatted(source, e.getMessage()), e);
  }
}
