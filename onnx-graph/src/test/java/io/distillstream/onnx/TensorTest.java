package io.distillstream.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.distillstream.foundation.Binary16;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {

  @Test
  void shouldHoldHalfWidthFloats() {
    // 1, -2 and the smallest number above zero.
    Tensor tensor = Tensor.float16("t", new short[] {0x3c00, (short) 0xc000, 1}, 3, 1);

    assertThat(tensor.type()).isEqualTo(ElementType.FLOAT16);
    assertThat(tensor.floats()).containsExactly(1, -2, 0x1p-24f);
    assertThat(tensor.shape()).containsExactly(3, 1);
  }

  @Test
  void shouldReadBackWhatItWasMadeOf() {
    assertThat(Tensor.float32("f", new float[] {1.5f, -0f, Float.MIN_VALUE}, 3).floats())
        .containsExactly(1.5f, -0f, Float.MIN_VALUE);
    assertThat(Tensor.int64("l", new long[] {Long.MIN_VALUE, 7}, 2, 1).longs())
        .containsExactly(Long.MIN_VALUE, 7);
    assertThat(Tensor.int32("i", new int[] {-3}, 1).longs()).containsExactly(-3);
    assertThat(Tensor.int8("b", new byte[] {-127, 127}, 2).longs()).containsExactly(-127, 127);
    assertThat(Tensor.uint8("u", new byte[] {-1, 1}, 2).longs()).containsExactly(255, 1);
  }

  @Test
  void shouldTakeNoDimensionsAsAScalar() {
    Tensor scalar = Tensor.scalar("half", 0.5f);
    assertThat(scalar.dims()).isEmpty();
    assertThat(scalar.elements()).isEqualTo(1);
    assertThat(scalar.floats()).containsExactly(0.5f);
  }

  @Test
  void shouldReadTypedFieldsAsWellAsRawData() {
    TensorProto floats = header(ElementType.FLOAT32, 2).addFloatData(1).addFloatData(2).build();
    TensorProto longs = header(ElementType.INT64, 2).addInt64Data(-1).addInt64Data(2).build();
    TensorProto bytes = header(ElementType.INT8, 2).addInt32Data(-5).addInt32Data(5).build();
    TensorProto halves =
        header(ElementType.FLOAT16, 2).addInt32Data(0x3c00).addInt32Data(0xc000).build();

    assertThat(new Tensor(floats).floats()).containsExactly(1, 2);
    assertThat(new Tensor(longs).longs()).containsExactly(-1, 2);
    assertThat(new Tensor(bytes).longs()).containsExactly(-5, 5);
    assertThat(new Tensor(halves).floats()).containsExactly(1, -2);
  }

  // Values from IEEE 754-2019, table 3.5 and the definitions of the extremes of binary16.
  @ParameterizedTest
  @CsvSource({
    "3c00, 1.0", "c000, -2.0", "7bff, 65504", "0400, 6.103515625e-5", "0001, 5.9604644775390625e-8",
    "03ff, 6.097555160522461e-5", "8000, -0.0", "7c00, Infinity", "fc00, -Infinity", "7e00, NaN",
    "3555, 0.333251953125"
  })
  void shouldWidenHalfFloatsExactly(String bits, float expected) {
    assertThat(Binary16.toFloat((short) Integer.parseInt(bits, 16)))
        .isEqualTo(Float.valueOf(expected));
  }

  @Test
  void shouldNameTheTensorWhoseValuesDoNotFillItsShape() {
    assertThatThrownBy(() -> Tensor.float32("w", new float[3], 2, 2))
        .hasMessageContaining("w")
        .hasMessageContaining("[2, 2] hold 4 values, got 3");
    TensorProto torn =
        header(ElementType.FLOAT32, 2).setRawData(ByteString.copyFrom(new byte[7])).build();
    assertThatThrownBy(() -> new Tensor(torn).floats())
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("needs 8 bytes, has 7");
    TensorProto empty = header(ElementType.FLOAT32, 2).build();
    assertThatThrownBy(() -> new Tensor(empty).floats()).isInstanceOf(InvalidModelException.class);
  }

  @Test
  void shouldRefuseTheWrongKindOfValuesAndExternalFiles() {
    assertThatThrownBy(() -> Tensor.int64("n", new long[] {1}, 1).floats())
        .hasMessageContaining("INT64");
    TensorProto elsewhere =
        header(ElementType.FLOAT32, 1).setDataLocation(TensorProto.DataLocation.EXTERNAL).build();
    assertThatThrownBy(() -> new Tensor(elsewhere)).hasMessageContaining("another file");
  }

  private static TensorProto.Builder header(ElementType type, long length) {
    return TensorProto.newBuilder().setName("t").setDataType(type.code()).addDims(length);
  }
}
