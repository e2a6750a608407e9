package io.distillstream.teacher.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** What a file is that PyTorch could not load, told by how it begins or what it holds. */
enum FileFormat {
  TORCH_SCRIPT("a TorchScript archive"),
  TORCH_SAVE("what torch.save writes, weights or a pickled module without its program"),
  TORCH_EXPORT("a program of torch.export"),
  ZIP("a zip archive of another kind"),
  DAMAGED_ZIP("a damaged zip archive"),
  SAFETENSORS("a safetensors file, weights alone"),
  GGUF("a GGUF file"),
  ONNX("an ONNX file, which teacher.kind = onnx-classifier takes"),
  LFS_POINTER("a pointer of Git LFS to the file"),
  EMPTY("an empty file"),
  OTHER("a file of an unknown kind");

  private static final int LONGEST_BEGINNING = 64;
  private static final byte PICKLE = (byte) 0x80;
  private static final long LONGEST_SAFETENSORS_HEADER = 100_000_000;

  private final String description;

  FileFormat(String description) {
    this.description = description;
  }

  /** Looks at a file. */
  static FileFormat of(Path file) throws IOException {
    byte[] beginning;
    try (InputStream in = Files.newInputStream(file)) {
      beginning = in.readNBytes(LONGEST_BEGINNING);
    }
    String text = new String(beginning, ISO_8859_1);
    if (text.startsWith("PK")) {
      return archive(file);
    }
    if (text.isEmpty()) {
      return EMPTY;
    }
    if (beginning[0] == PICKLE) {
      return TORCH_SAVE;
    }
    if (text.startsWith("GGUF")) {
      return GGUF;
    }
    if (text.startsWith("version https://git-lfs")) {
      return LFS_POINTER;
    }
    if (text.startsWith("{", Long.BYTES)) {
      long header = ByteBuffer.wrap(beginning).order(ByteOrder.LITTLE_ENDIAN).getLong();
      return header > 0 && header < LONGEST_SAFETENSORS_HEADER ? SAFETENSORS : OTHER;
    }
    // The version of its format, and then its producer, graph or operator sets.
    return beginning.length > 2
            && beginning[0] == 8
            && "\u0012\u001a:B".indexOf(text.charAt(2)) >= 0
        ? ONNX
        : OTHER;
  }

  private static FileFormat archive(Path file) throws IOException {
    Set<String> entries;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      // All lie in one folder, which is named after the file.
      entries =
          zip.stream().map(entry -> entry.getName().replaceFirst("^[^/]*/", "")).collect(toSet());
    } catch (ZipException e) {
      return DAMAGED_ZIP;
    }
    if (entries.contains("constants.pkl")) {
      return TORCH_SCRIPT;
    }
    if (entries.contains("data.pkl")) {
      return TORCH_SAVE;
    }
    return entries.contains("archive_format")
            || entries.contains("serialized_exported_program.json")
        ? TORCH_EXPORT
        : ZIP;
  }

  @Override
  public String toString() {
    return description;
  }
}
