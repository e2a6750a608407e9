package io.distillstream.onnx;

import java.util.Optional;

/** Recognises files that are commonly taken for ONNX models by their first bytes. */
enum FileKind {
  GIT_LFS(
      "version https://git-lfs",
      0,
      "a pointer of Git LFS; fetch the file itself with git lfs pull"),
  ORT(
      "ORTM",
      4,
      "in ORT format, which is made for running only; give the ONNX model it was made from"),
  TENSORFLOW_LITE("TFL3", 4, "a TensorFlow Lite model; convert it to ONNX first"),
  ZIP(
      "PK\u0003\u0004",
      0,
      "a zip archive, as PyTorch writes checkpoints; export the model to ONNX first"),
  HDF5("HDF\r\n", 1, "an HDF5 file, as Keras writes models; convert it to ONNX first"),
  GZIP("\u001f\u008b", 0, "compressed; unpack it first"),
  HTML("<", 0, "a page of text, perhaps what a server answered instead of the file");

  private static final int LONGEST = 32;

  private final String mark;
  private final int offset;
  private final String explanation;

  FileKind(String mark, int offset, String explanation) {
    this.mark = mark;
    this.offset = offset;
    this.explanation = explanation;
  }

  /** How many bytes are needed to tell. */
  static int headBytes() {
    return LONGEST;
  }

  /** What the file is, as the end of a sentence; empty if it may be an ONNX model. */
  static Optional<String> explain(byte[] head) {
    for (FileKind kind : values()) {
      if (kind.matches(head)) {
        return Optional.of(kind.explanation);
      }
    }
    return Optional.empty();
  }

  private boolean matches(byte[] head) {
    if (head.length < offset + mark.length()) {
      return false;
    }
    for (int i = 0; i < mark.length(); i++) {
      if (Byte.toUnsignedInt(head[offset + i]) != mark.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
