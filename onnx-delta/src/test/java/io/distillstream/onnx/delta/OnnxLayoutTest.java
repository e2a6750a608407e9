package io.distillstream.onnx.delta;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.distillstream.onnx.OnnxModel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxLayoutTest {

  @Test
  void shouldFindEveryTensorWhereItsBytesLie() {
    OnnxModel model = new Students(300, 4).model(Map.of("key", "value"));
    byte[] file = model.bytes();

    List<StoredTensor> tensors = OnnxLayout.of(file);

    assertThat(tensors)
        .extracting(StoredTensor::name)
        .containsExactlyElementsOf(model.initializerNames());
    for (StoredTensor tensor : tensors) {
      TensorProto parsed = model.initializer(tensor.name()).orElseThrow().proto();
      assertThat(Arrays.copyOfRange(file, tensor.at(), tensor.end()))
          .isEqualTo(parsed.getRawData().toByteArray());
      assertThat(tensor.dims()).isEqualTo(parsed.getDimsList());
      assertThat(tensor.type()).isEqualTo(parsed.getDataType());
    }
  }

  @Test
  void shouldFindNothingInOtherFiles() {
    assertThat(OnnxLayout.of("no ONNX file".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(OnnxLayout.of(new byte[0])).isEmpty();
    byte[] cut = new Students(300, 4).model(Map.of()).bytes();
    assertThat(OnnxLayout.of(Arrays.copyOf(cut, cut.length / 2))).isEmpty();
  }

  @Test
  void shouldTellWhatMakesARow() {
    assertThat(tensor(40_000, 100L, 400L).rowBytes(65_536)).isEqualTo(400);
    assertThat(tensor(160_000, 100L, 400L).rowBytes(65_536)).isEqualTo(1_600);
    assertThat(tensor(400, 400L).rowBytes(65_536)).isEqualTo(1);
    assertThat(tensor(72, 8L, 1L, 3L, 3L).rowBytes(65_536)).isEqualTo(9);
    assertThat(tensor(400_000, 1L, 100L, 4_000L).rowBytes(65_536)).isEqualTo(4_000);
    assertThat(tensor(800_000, 2L, 100L, 4_000L).rowBytes(65_536)).isEqualTo(4_000);
    assertThat(tensor(1).rowBytes(65_536)).isEqualTo(1);
  }

  private static StoredTensor tensor(int bytes, Long... dims) {
    return new StoredTensor("w", TensorProto.DataType.INT8_VALUE, List.of(dims), 0, bytes);
  }
}
