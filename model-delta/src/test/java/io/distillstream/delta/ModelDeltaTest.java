package io.distillstream.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDeltaTest {
  private static final String THIS_CODEC =
      "bf1680cf8732b196f98d81a32af157bb08b9511d8bcb7892dc7b0fdcc6276e61";
  private static final int LENGTH_AT = DeltaHeader.BYTES - Long.BYTES;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"1, false", "7, true", "64, false", "64, true", "129, true", "5000, true"})
  void shouldMakeTheNewFile(int columns, boolean rescaled) throws IOException {
    DeltaCase versions = DeltaCase.of(columns, columns, rescaled);

    byte[] delta = DeltaWriter.mixed(versions.from(), versions.to(), versions.segments());

    assertThat(applied(versions.from(), delta, Long.MAX_VALUE)).isEqualTo(versions.to());
    assertThat(DeltaHeader.read(new ByteArrayInputStream(delta)))
        .isEqualTo(
            new DeltaHeader(
                DeltaCodec.CONTEXT_MIXING,
                Sha256.hex(versions.from()),
                Sha256.hex(versions.to()),
                versions.to().length));
  }

  @Test
  void shouldWriteWhatDevicesRead() {
    DeltaCase versions = DeltaCase.of(1, 64, true);
    byte[] delta = DeltaWriter.mixed(versions.from(), versions.to(), versions.segments());

    // A change of models, tables or format needs another codec.
    assertThat(Sha256.hex(delta)).isEqualTo(THIS_CODEC);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 11, 16})
  void shouldMakeNumbersOfFewSignificantBits(int dropped) throws IOException {
    byte[] from = numbers(1, dropped);
    byte[] to = numbers(2, dropped);

    byte[] plain = delta(from, to, NumberType.FLOAT32);
    byte[] rounded = delta(from, to, NumberType.ROUNDED_FLOAT32);

    assertThat(applied(from, plain, to.length)).isEqualTo(to);
    assertThat(applied(from, rounded, to.length)).isEqualTo(to);
    // The digits that are 0 cost next to nothing, and those that are noise no more than before.
    assertThat(rounded.length).isLessThan(plain.length - dropped * 1_000 / 8 * 94 / 100 + 40);
  }

  private static byte[] delta(byte[] from, byte[] to, NumberType type) {
    return DeltaWriter.mixed(from, to, List.of(new Segment.Numbers(to.length, 0, type, 4)));
  }

  /** Thousand numbers about 0 of either sign, their lowest digits 0. */
  private static byte[] numbers(long seed, int dropped) {
    Random random = new Random(7);
    Random change = new Random(seed);
    ByteBuffer numbers = ByteBuffer.allocate(4_000).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 1_000; i++) {
      double value = random.nextGaussian() + 0.3 * change.nextGaussian();
      numbers.putInt(Float.floatToRawIntBits((float) value) & (-1 << dropped));
    }
    return numbers.array();
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000", "1000, 70000", "70000, 1000", "0, 5", "5, 0"})
  void shouldMakeTheNewFileOfItsDeflatedDifference(int before, int after) throws IOException {
    byte[] from = new byte[before];
    byte[] to = new byte[after];
    new Random(1).nextBytes(from);
    new Random(2).nextBytes(to);

    byte[] delta = DeltaWriter.deflated(from, to);

    assertThat(applied(from, delta, after)).isEqualTo(to);
  }

  @Test
  void shouldTakeFewerBytesWhereItKnowsTheScales() {
    DeltaCase moved = DeltaCase.of(3, 64, true);
    List<Segment> blind =
        moved.segments().stream()
            .map(
                segment ->
                    segment instanceof Segment.Rows rows
                        ? new Segment.Rows(
                            rows.length(), rows.from(), rows.width(), rows.zero(), Optional.empty())
                        : segment)
            .toList();

    int informed = DeltaWriter.mixed(moved.from(), moved.to(), moved.segments()).length;

    assertThat(informed)
        .isLessThan(DeltaWriter.mixed(moved.from(), moved.to(), blind).length * 95 / 100);
  }

  /** As training does: words move along a few directions. */
  @Test
  void shouldTakeFewerBytesWhereWeightsChangeTogether() throws IOException {
    int columns = 200;
    byte[] from = new byte[2_000 * columns];
    byte[] together = from.clone();
    byte[] apart = from.clone();
    Random random = new Random(5);
    double[][] directions = new double[3][columns];
    for (double[] direction : directions) {
      Arrays.setAll(direction, c -> random.nextGaussian());
    }
    for (int row = 0; row < from.length; row += columns) {
      byte[] changes = new byte[columns];
      for (double[] direction : directions) {
        double by = random.nextGaussian();
        for (int c = 0; c < columns; c++) {
          changes[c] += (byte) Math.rint(by * direction[c]);
        }
      }
      System.arraycopy(changes, 0, together, row, columns);
      for (int c = 0; c < columns; c++) {
        // The same changes in another order in every row.
        int other = random.nextInt(c + 1);
        apart[row + c] = apart[row + other];
        apart[row + other] = changes[c];
      }
    }

    byte[] delta = rows(from, together, columns);

    assertThat(applied(from, delta, from.length)).isEqualTo(together);
    assertThat(delta.length).isLessThan(rows(from, apart, columns).length * 7 / 10);
  }

  private static byte[] rows(byte[] from, byte[] to, int columns) {
    return DeltaWriter.mixed(
        from, to, List.of(new Segment.Rows(to.length, 0, columns, 0, Optional.empty())));
  }

  @Test
  void shouldRefuseAnotherOldFile() throws IOException {
    DeltaCase versions = DeltaCase.of(1, 64, true);
    byte[] delta = DeltaWriter.mixed(versions.from(), versions.to(), versions.segments());
    byte[] other = versions.from().clone();
    other[3]++;

    assertRefused(other, delta, "The old file's SHA-256 is");
  }

  @Test
  void shouldRefuseToMakeMoreThanExpected() throws IOException {
    DeltaCase versions = DeltaCase.of(1, 64, true);
    byte[] delta = DeltaWriter.mixed(versions.from(), versions.to(), versions.segments());

    assertThatThrownBy(() -> applied(versions.from(), delta, versions.to().length - 1))
        .isInstanceOf(InvalidDeltaException.class)
        .hasMessageContaining("expected at most");
  }

  @Test
  void shouldRefuseWhatIsNoDelta() throws IOException {
    byte[] from = new byte[10];
    byte[] delta = DeltaWriter.deflated(from, new byte[20]);

    assertRefused(from, new byte[0], "It ends within its header");
    assertRefused(from, Arrays.copyOf(delta, 40), "It ends within its header");
    assertRefused(from, with(delta, 0, 'X'), "It begins with 58534d44");
    assertRefused(from, with(delta, 4, 9), "Its format version is 9, known is 1");
    assertRefused(from, with(delta, 5, 200), "unknown number 200");
    assertRefused(from, with(delta, 5, 0), "unknown number 0");
    assertRefused(from, with(delta, LENGTH_AT, 0x80), "The file that it makes has -");
  }

  @Test
  void shouldRefuseADeltaOfAnotherLength() throws IOException {
    DeltaCase versions = DeltaCase.of(1, 64, true);
    for (byte[] delta :
        List.of(
            DeltaWriter.mixed(versions.from(), versions.to(), versions.segments()),
            DeltaWriter.deflated(versions.from(), versions.to()))) {
      byte[] longer = delta.clone();
      ByteBuffer.wrap(longer).putLong(LENGTH_AT, versions.to().length + 1L);
      byte[] shorter = delta.clone();
      ByteBuffer.wrap(shorter).putLong(LENGTH_AT, versions.to().length - 1L);

      assertRefused(versions.from(), longer, "");
      assertRefused(versions.from(), shorter, "");
      assertRefused(versions.from(), Arrays.copyOf(delta, delta.length - 2), "");
    }
  }

  @Test
  void shouldRefuseBytesBeyondTheEnd() throws IOException {
    DeltaCase versions = DeltaCase.of(1, 64, true);
    byte[] delta = DeltaWriter.mixed(versions.from(), versions.to(), versions.segments());

    assertRefused(
        versions.from(), Arrays.copyOf(delta, delta.length + 5), "It has bytes beyond its end");
  }

  /** Whatever bytes arrive: the right file or a refusal, and nothing left behind. */
  @Test
  void shouldRefuseOrMakeTheRightFileOfAnyBytes() throws IOException {
    Random random = new Random(20_261_127);
    DeltaCase versions = DeltaCase.of(9, 33, true);
    byte[] mixed = DeltaWriter.mixed(versions.from(), versions.to(), versions.segments());
    byte[] deflated = DeltaWriter.deflated(versions.from(), versions.to());
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] hostile = (i % 2 == 0 ? mixed : deflated).clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        // The beginning of the data says what segments there are.
        int at = random.nextInt(random.nextBoolean() ? 40 : hostile.length - DeltaHeader.BYTES);
        hostile[DeltaHeader.BYTES + at] ^= (byte) (1 << random.nextInt(8));
      }
      if (random.nextInt(4) == 0) {
        hostile = Arrays.copyOf(hostile, DeltaHeader.BYTES + random.nextInt(hostile.length));
      }
      try {
        assertThat(applied(versions.from(), hostile, versions.to().length))
            .isEqualTo(versions.to());
      } catch (InvalidDeltaException e) {
        refused++;
        assertThat(folder.resolve("made")).doesNotExist();
      }
    }
    assertThat(refused).isGreaterThan(570);
  }

  @Test
  void shouldRefuseToWriteACopyThatIsNone() {
    byte[] from = {1, 2, 3};
    byte[] to = {1, 2, 4};

    assertThatThrownBy(() -> DeltaWriter.mixed(from, to, List.of(new Segment.Copy(3, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Byte 2 differs");
    assertThatThrownBy(() -> DeltaWriter.mixed(from, to, List.of(new Segment.Copy(2, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("make 2 bytes, the new file has 3");
  }

  private void assertRefused(byte[] from, byte[] delta, String message) {
    assertThatThrownBy(() -> applied(from, delta, Long.MAX_VALUE))
        .isInstanceOf(InvalidDeltaException.class)
        .hasMessageContaining(message);
    assertThat(folder.resolve("made")).doesNotExist();
  }

  private byte[] applied(byte[] from, byte[] delta, long most) throws IOException {
    Path old = Files.write(folder.resolve("old"), from);
    Path made = folder.resolve("made");
    Files.deleteIfExists(made);
    ModelDelta.apply(old, Files.write(folder.resolve("delta"), delta), made, most);
    return Files.readAllBytes(made);
  }

  private static byte[] with(byte[] delta, int at, int value) {
    byte[] changed = delta.clone();
    changed[at] = (byte) value;
    return changed;
  }
}
