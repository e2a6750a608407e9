package io.distillstream.model.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Binary16;
import io.distillstream.model.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  private static byte[] written(SafetensorsWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out);
    return out.toByteArray();
  }

  private static Safetensors read(byte[] file) throws IOException {
    return Safetensors.read("memory", new ByteArrayInputStream(file));
  }

  @Test
  void shouldReadBackEveryTypeFromAFile() throws IOException {
    float[] large = new float[100_003];
    for (int i = 0; i < large.length; i++) {
      large[i] = i * 0.5f;
    }
    Path file = folder.resolve("all.safetensors");
    new SafetensorsWriter()
        .metadata("note", "ünïcode \"quoted\"")
        .bytes("mask", TensorType.U8, new byte[] {1, 0, -1}, 3)
        .floats("large", large, large.length)
        .halves("half", new float[] {0.5f, -2f, 65504f, 0.1f}, 2, 2)
        .longs("step", new long[] {Long.MIN_VALUE})
        .ints("ids", new int[] {7, -8}, 2, 1)
        .bytes("codes", TensorType.I8, new byte[] {-128, 127}, 2)
        .floats("empty", new float[0], 0, 4)
        .write(file);
    try (Safetensors read = Safetensors.open(file)) {
      assertThat(read.metadata("note")).isEqualTo("ünïcode \"quoted\"");
      assertThat(read.tensors().keySet())
          .containsExactly("mask", "large", "half", "step", "ids", "codes", "empty");
      assertThat(read.floats("large")).containsExactly(large);
      assertThat(read.floats("half"))
          .containsExactly(0.5f, -2f, 65504f, Binary16.toFloat(Binary16.fromFloat(0.1f)));
      assertThat(read.longs("step")).containsExactly(Long.MIN_VALUE);
      assertThat(read.ints("ids")).containsExactly(7, -8);
      assertThat(read.bytes("codes")).containsExactly(-128, 127);
      assertThat(read.bytes("mask")).containsExactly(1, 0, -1);
      assertThat(read.floats("empty")).isEmpty();
      assertThat(read.tensor("ids").shape()).containsExactly(2L, 1L);
    }
  }

  @Test
  void shouldWriteTheBytesOfTheFormat() throws IOException {
    byte[] file = written(new SafetensorsWriter().halves("w", new float[] {1, -2}, 2));
    String header = "{\"w\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
    int padded = (header.length() + 7) / 8 * 8;
    assertThat(HexFormat.of().formatHex(file, 0, 8))
        .isEqualTo("%02x00000000000000".formatted(padded));
    assertThat(new String(file, 8, padded, StandardCharsets.UTF_8).stripTrailing())
        .isEqualTo(header);
    assertThat(HexFormat.of().formatHex(file, 8 + padded, file.length)).isEqualTo("003c00c0");
  }

  @Test
  void shouldGiveEqualBytesForEqualContent() throws IOException {
    byte[] one = written(new SafetensorsWriter().metadata("a", "1").metadata("b", "2"));
    byte[] other = written(new SafetensorsWriter().metadata("b", "2").metadata("a", "1"));
    assertThat(one).isEqualTo(other);
  }

  @Test
  void shouldRefuseAFileCutShortAnywhere() throws IOException {
    byte[] whole = written(new SafetensorsWriter().metadata("k", "v").floats("w", new float[3], 3));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("memory");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"w\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,-4]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"w\":",
        "{}"
      })
  void shouldRefuseAHeaderThatDoesNotFitItsTensors(String header) {
    byte[] file = new byte[8 + header.length() + 4];
    file[0] = (byte) header.length();
    System.arraycopy(header.getBytes(StandardCharsets.UTF_8), 0, file, 8, header.length());
    assertThatThrownBy(() -> read(file)).isInstanceOf(ModelFormatException.class);
  }

  @Test
  void shouldNameWhatIsMissingOrOfAnotherType() throws IOException {
    Safetensors file = read(written(new SafetensorsWriter().ints("ids", new int[] {1})));
    assertThatThrownBy(() -> file.ints("idz")).hasMessageContaining("idz is missing");
    assertThatThrownBy(() -> file.floats("ids")).hasMessageContaining("I32");
    assertThatThrownBy(() -> file.metadata("note")).hasMessageContaining("note");
    assertThat(file.tensor("ids").shape()).isEqualTo(List.of());
  }

  @Test
  void shouldRefuseAShapeThatDoesNotFitItsValuesAndARepeatedName() {
    SafetensorsWriter writer = new SafetensorsWriter().floats("w", new float[4], 2, 2);
    assertThatThrownBy(() -> writer.floats("v", new float[4], 3)).hasMessageContaining("takes 3");
    assertThatThrownBy(() -> writer.floats("w", new float[1], 1)).hasMessageContaining("taken");
  }
}
