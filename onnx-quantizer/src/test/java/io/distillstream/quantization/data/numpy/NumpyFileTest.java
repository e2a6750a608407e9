package io.distillstream.quantization.data.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Models;
import io.distillstream.quantization.data.Reading;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumpyFileTest {
  private static final OnnxModel PAIRS =
      Models.of(ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(2));
  private static final OnnxModel WHOLE_PAIRS =
      Models.of(ElementType.INT64, Dimension.of("batch"), Dimension.of(2));

  /**
   * {@code np.savez_compressed(f, x=np.arange(6, dtype='<f4').reshape(3, 2) / 4, label=np.array([2,
   * 0, 1]))} of NumPy 2.4.6.
   */
  private static final String NPZ =
      "UEsDBC0AAAAIAAAAIQCJv5wz//////////8FABQAeC5ucHkBABAAmAAAAAAAAABWAAAAAAAAAJvsF+obEMnIUMZQ"
          + "rZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkaaOgq1CmQDLgYwaLAD"
          + "EvYMDA5A3ADEC+wBUEsDBC0AAAAIAAAAIQCKGs4T//////////8JABQAbGFiZWwubnB5AQAQAJgAAAAAAAAA"
          + "SgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC"
          + "+RrGOpo6CrUKFAAuJgZUwAilAVBLAQItAy0AAAAIAAAAIQCJv5wzVgAAAJgAAAAFAAAAAAAAAAAAAACAAQAA"
          + "AAB4Lm5weVBLAQItAy0AAAAIAAAAIQCKGs4TSgAAAJgAAAAJAAAAAAAAAAAAAACAAY0AAABsYWJlbC5ucHlQ"
          + "SwUGAAAAAAIAAgBqAAAAEgEAAAAA";

  /** {@code np.asfortranarray(np.arange(12, dtype='>f8').reshape(2, 3, 2))} of NumPy 2.4.6. */
  private static final String COLUMN_MAJOR =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywg"
          + "MiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA"
          + "AAAAAAAAAEAYAAAAAAAAQAAAAAAAAABAIAAAAAAAAEAQAAAAAAAAQCQAAAAAAAA/8AAAAAAAAEAcAAAAAAAA"
          + "QAgAAAAAAABAIgAAAAAAAEAUAAAAAAAAQCYAAAAAAAA=";

  @TempDir Path folder;
  private Reading reading = new Reading(Path.of("."));

  @BeforeEach
  void useFolder() {
    reading = new Reading(folder);
  }

  @Test
  void shouldReadWhatNumpySaved() {
    List<LabelledSample> read = reading.read("a.npz", Base64.getDecoder().decode(NPZ), PAIRS);

    assertThat(read).hasSize(3);
    assertThat(Reading.input(read.get(0), "x").shape()).containsExactly(1, 2);
    assertThat(Reading.input(read.get(0), "x").floats()).containsExactly(0, 0.25f);
    assertThat(Reading.input(read.get(2), "x").floats()).containsExactly(1, 1.25f);
    assertThat(read)
        .extracting(LabelledSample::label)
        .containsExactly(OptionalInt.of(2), OptionalInt.of(0), OptionalInt.of(1));
  }

  @Test
  void shouldReadAnArrayWhoseFirstAxisRunsFastest() {
    OnnxModel model =
        Models.of(ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(3), Dimension.of(2));

    List<LabelledSample> read =
        reading.read("a.npy", Base64.getDecoder().decode(COLUMN_MAJOR), model);

    assertThat(Reading.input(read.get(0), "x").floats()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(Reading.input(read.get(1), "x").floats()).containsExactly(6, 7, 8, 9, 10, 11);
  }

  // The bytes of np.array([[1, v]]) in each type, as a.tobytes().hex() shows them.
  @ParameterizedTest
  @CsvSource({
    "<f2, 003e00c0, 1.5, -2",
    ">f4, 3fc00000c0000000, 1.5, -2",
    "<f8, 000000000000f83f00000000000000c0, 1.5, -2",
    "|i1, 01fe, 1, -2",
    ">i2, 0001fffe, 1, -2",
    "<i4, 01000000feffffff, 1, -2",
    ">i8, 0000000000000001fffffffffffffffe, 1, -2",
    "|u1, 01c8, 1, 200",
    "<u2, 010060ea, 1, 60000",
    ">u4, 00000001ee6b2800, 1, 4000000000",
    "|b1, 0100, 1, 0",
  })
  void shouldReadEveryElementType(String type, String hex, float first, float second) {
    byte[] file = npy(1, type, "(1, 2)", HexFormat.of().parseHex(hex));

    assertThat(Reading.input(reading.read("a.npy", file, PAIRS).get(0), "x").floats())
        .containsExactly(first, second);
    if (type.charAt(1) != 'f') {
      assertThat(Reading.input(reading.read("a.npy", file, WHOLE_PAIRS).get(0), "x").longs())
          .containsExactly((long) first, (long) second);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3"})
  void shouldReadEveryVersion(int version) {
    byte[] file = npy(version, "|i1", "(2, 2)", new byte[] {1, 2, 3, 4});

    assertThat(reading.read("a.npy", file, PAIRS)).hasSize(2);
  }

  @Test
  void shouldReadSeveralInputsSideBySide() {
    byte[] file =
        npz(
            Map.of(
                "i", npy(1, "<i2", "(2, 1)", new byte[] {7, 0, 8, 0}),
                "x", npy(1, "|u1", "(2, 2)", new byte[] {1, 2, 3, 4}),
                "labels", npy(1, "|u1", "(2,)", new byte[] {5, 6}),
                "more", npy(1, "|u1", "(9,)", new byte[9])));

    List<LabelledSample> read = reading.read("a.npz", file, Models.ofTwoInputs());

    assertThat(read).hasSize(2);
    assertThat(Reading.input(read.get(1), "i").longs()).containsExactly(8);
    assertThat(Reading.input(read.get(1), "x").floats()).containsExactly(3, 4);
    assertThat(read.get(1).label()).isEqualTo(OptionalInt.of(6));
  }

  @Test
  void shouldTakeTheOnlyArrayForTheOnlyInput() {
    byte[] file = npz(Map.of("arr_0", npy(1, "|u1", "(1, 2)", new byte[] {1, 2})));

    assertThat(Reading.input(reading.read("a.npz", file, PAIRS).get(0), "x").floats())
        .containsExactly(1, 2);
  }

  @Test
  void shouldSayWhatIsWrongWhere() {
    byte[] pairs = npy(1, "|u1", "(2, 2)", new byte[] {1, 2, 3, 4});
    assertRefused(npy(1, "<f4", "(2, 2)", new byte[12]), PAIRS, "ends within sample 1 of 2");
    assertRefused(npy(1, "<c8", "(2, 2)", new byte[32]), PAIRS, "expected an array of one of f2");
    assertRefused(npy(1, "<f4", "()", new byte[4]), PAIRS, "is a single value");
    assertRefused(npy(4, "<f4", "(1, 2)", new byte[8]), PAIRS, "version 4");
    assertRefused(new byte[100], PAIRS, "is not a NumPy array");
    assertRefused(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1}, PAIRS, "ends within");
    assertRefused(npy(1, "<f4", "(1, 2)", new byte[8]), WHOLE_PAIRS, "takes INT64, the array");
    assertRefused(npy(1, "|u1", "(1, 3)", new byte[3]), PAIRS, "[0]: input x takes [batch, 2]");
    assertRefused(npy(1, "|u1", "(1, 9999999999)", new byte[3]), PAIRS, "would take more than");
    assertRefused(pairs, Models.ofTwoInputs(), "put one per input into a .npz");
  }

  @Test
  void shouldSayWhichArraysDoNotFitTogether() {
    byte[] two = npy(1, "|u1", "(2, 2)", new byte[] {1, 2, 3, 4});
    byte[] three = npy(1, "|u1", "(3,)", new byte[] {0, 1, 2});

    assertThatThrownBy(() -> reading.read("a.npz", npz(Map.of("x", two, "label", three)), PAIRS))
        .hasMessageContaining("expected one length; got {x=2, labels=3}");
    assertThatThrownBy(() -> reading.read("a.npz", npz(Map.of("x", two)), Models.ofTwoInputs()))
        .hasMessageContaining("holds the arrays [x]")
        .hasMessageContaining("so i is missing");
    assertThatThrownBy(() -> reading.read("a.npz", npz(Map.of("x", two, "label", two)), PAIRS))
        .hasMessageContaining("array label: expected one whole number per sample");
    assertThatThrownBy(() -> reading.read("a.npz", new byte[30], PAIRS))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("is not a .npz");
  }

  private void assertRefused(byte[] file, OnnxModel model, String message) {
    assertThatThrownBy(() -> reading.read("a.npy", file, model))
        .isInstanceOf(InvalidSamplesException.class)
        .hasMessageContaining("a.npy")
        .hasMessageContaining(message);
  }

  private static byte[] npy(int version, String type, String shape, byte[] values) {
    byte[] header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n"
            .formatted(type, shape)
            .getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    file.writeBytes(new byte[] {(byte) header.length, 0});
    if (version > 1) {
      file.writeBytes(new byte[] {0, 0});
    }
    file.writeBytes(header);
    file.writeBytes(values);
    return file.toByteArray();
  }

  private static byte[] npz(Map<String, byte[]> arrays) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
        zip.write(array.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }
}
