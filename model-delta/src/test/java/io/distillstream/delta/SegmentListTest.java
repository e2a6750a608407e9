package io.distillstream.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.delta.Segment.Copy;
import io.distillstream.delta.Segment.Literal;
import io.distillstream.delta.Segment.Numbers;
import io.distillstream.delta.Segment.Rows;
import io.distillstream.delta.Segment.Scales;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SegmentListTest {

  @Test
  void shouldReadWhatItWrote() throws IOException {
    List<Segment> segments =
        List.of(
            new Copy(100, 7),
            new Numbers(40, 500, NumberType.FLOAT32, 5),
            new Rows(1 << 20, 540, 128, 128, Optional.of(new Scales(500, 100, 10, 1))),
            new Literal(3, 0),
            new Rows(64, 0, 8, 0, Optional.empty()));

    assertThat(read(written(segments), 1 << 21, (1 << 20) + 207)).isEqualTo(segments);
  }

  @Test
  void shouldRefuseSegmentsOutsideOfTheOldFile() {
    assertRefused("10 bytes at 91 of a file of 100", 100, 10, new Copy(10, 91));
    assertRefused("10 bytes at -1 of a file of 100", 100, 10, new Copy(10, -1));
    assertRefused("at 1152921504606846976", 100, 10, new Copy(10, 1L << 60));
  }

  @Test
  void shouldRefuseSegmentsThatDoNotMakeTheNewFile() {
    assertRefused("Segment 0 has 11 bytes, 10 make the file", 100, 10, new Literal(11, 0));
    assertRefused("Segment 0 has 0 bytes", 100, 10, new Literal(0, 0));
    assertRefused("leave out 1 of 10 bytes", 100, 10, new Literal(9, 0));
    assertRefused("has 9223372036854775807 bytes", 100, 10, new Literal(Long.MAX_VALUE, 0));
  }

  @Test
  void shouldRefuseScalesThatAreNotThere() {
    Segment numbers = new Numbers(40, 0, NumberType.FLOAT32, 1);
    Segment integers = new Numbers(40, 0, NumberType.INT32, 1);
    Rows beyond = new Rows(60, 40, 10, 0, Optional.of(new Scales(0, 4, 10, 1)));
    Rows before = new Rows(60, 40, 10, 0, Optional.of(new Scales(61, 0, 10, 1)));
    Rows sound = new Rows(60, 40, 10, 0, Optional.of(new Scales(60, 0, 10, 1)));

    assertRefused("10 scales at 0 of the old file and 4", 100, 100, numbers, beyond);
    assertRefused("10 scales at 61 of the old file and 0", 100, 100, numbers, before);
    assertRefused("10 scales at 60", 100, 100, integers, sound);
  }

  @Test
  void shouldRefuseMoreSegmentsThanAModelCanHave() {
    List<Segment> many = Collections.nCopies(SegmentList.MOST + 1, new Literal(1, 0));

    assertThatThrownBy(() -> read(written(many), 0, many.size()))
        .isInstanceOf(InvalidDeltaException.class)
        .hasMessageContaining("segments, expected at most");
  }

  private static void assertRefused(
      String message, long fromBytes, long toBytes, Segment... segments) {
    assertThatThrownBy(() -> read(written(List.of(segments)), fromBytes, toBytes))
        .isInstanceOf(InvalidDeltaException.class)
        .hasMessageContaining(message);
  }

  private static byte[] written(List<Segment> segments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RangeEncoder coder = new RangeEncoder(out);
    SegmentList.write(segments, new TextModel(), coder);
    coder.finish();
    return out.toByteArray();
  }

  private static List<Segment> read(byte[] list, long fromBytes, long toBytes) throws IOException {
    return SegmentList.read(
        new TextModel(), new RangeDecoder(new ByteArrayInputStream(list)), fromBytes, toBytes);
  }
}
