package io.distillstream.teacher.encoder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.foundation.Binary16;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.teacher.TeacherException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link ClassifierHead} as a safetensors file: four half-precision tensors; label names, a
 * digest of the tensors and provenance in the metadata.
 *
 * @param head what the file holds
 * @param sha256 digest of the whole file, in hexadecimal
 */
public record HeadFile(ClassifierHead head, String sha256) {
  /** Provenance key: SHA-256 of the encoder the head was fitted on. */
  public static final String ENCODER_SHA256 = "encoder-sha256";

  private static final String FORMAT = "distillstream.format";
  private static final String FORMAT_VERSION = "classifier-head-1";
  private static final String LABELS = "distillstream.labels";
  private static final String TENSORS_SHA256 = "distillstream.tensors-sha256";
  private static final String PROVENANCE = "distillstream.provenance.";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads a head.
   *
   * @throws TeacherException if the file is missing, damaged, or no head
   */
  public static HeadFile read(ModelLocation location) {
    try (InputStream in = location.open()) {
      byte[] file = in.readAllBytes();
      return new HeadFile(parse(location, file), Sha256.hex(file));
    } catch (IOException | ModelFormatException | IllegalArgumentException e) {
      throw new TeacherException("Head %s cannot be read: %s".formatted(location, e), e);
    }
  }

  private static ClassifierHead parse(ModelLocation location, byte[] file) throws IOException {
    try (Safetensors tensors = Safetensors.read(location.text(), new ByteArrayInputStream(file))) {
      expect(tensors, FORMAT, FORMAT_VERSION);
      DenseLayer hidden =
          new DenseLayer(tensors.floats("hidden.weight"), tensors.floats("hidden.bias"));
      DenseLayer output =
          new DenseLayer(tensors.floats("output.weight"), tensors.floats("output.bias"));
      expect(tensors, TENSORS_SHA256, digest(hidden, output));
      Map<String, String> provenance = new TreeMap<>();
      tensors
          .metadata()
          .forEach(
              (key, value) -> {
                if (key.startsWith(PROVENANCE)) {
                  provenance.put(key.substring(PROVENANCE.length()), value);
                }
              });
      LabelSpace labels =
          new LabelSpace(
              JSON.readValue(tensors.metadata(LABELS), new TypeReference<List<String>>() {}));
      return new ClassifierHead(labels, hidden, output, provenance);
    }
  }

  private static void expect(Safetensors tensors, String key, String expected) {
    if (!tensors.metadata(key).equals(expected)) {
      throw new ModelFormatException(
          "expected %s to be %s, got %s".formatted(key, expected, tensors.metadata(key)));
    }
  }

  /** Writes {@code head}, rounded to half precision; equal heads give equal bytes. */
  public static void write(ClassifierHead head, Path file) throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata(FORMAT, FORMAT_VERSION)
            .metadata(LABELS, labelsJson(head.labels()))
            .metadata(TENSORS_SHA256, digest(head.hidden(), head.output()));
    head.provenance().forEach((key, value) -> writer.metadata(PROVENANCE + key, value));
    add(writer, "hidden", head.hidden());
    add(writer, "output", head.output());
    writer.write(file);
  }

  private static void add(SafetensorsWriter writer, String name, DenseLayer layer) {
    writer
        .halves(name + ".weight", layer.weight(), layer.outputs(), layer.inputs())
        .halves(name + ".bias", layer.bias(), layer.outputs());
  }

  /** SHA-256 of all weights and biases in file order, as little-endian half floats. */
  private static String digest(DenseLayer... layers) {
    MessageDigest digest = Sha256.digest();
    for (DenseLayer layer : layers) {
      digest.update(halves(layer.weight()));
      digest.update(halves(layer.bias()));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ByteBuffer halves(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putShort(Binary16.fromFloat(value));
    }
    return buffer.flip();
  }

  private static String labelsJson(LabelSpace labels) {
    try {
      return JSON.writeValueAsString(labels.labels());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A list of strings is always JSON", e);
    }
  }
}
