package io.distillstream.quantization.optimize;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.distillstream.onnx.OnnxModel;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ForeignModelsTest {
  @Test
  void shouldDo() throws IOException {
    for (String r :
        new String[] {"/all-minilm-l6-v2.onnx", "/org/tribuo/interop/onnx/cnn_mnist.onnx"}) {
      OnnxModel m = read(r);
      long t = System.nanoTime();
      Optimization o = new GraphOptimizer(OptimizerSettings.DEFAULT).optimize(m);
      System.out.println(
          r
              + " "
              + (System.nanoTime() - t) / 1e6
              + " ms "
              + o.nodesBefore()
              + " -> "
              + o.nodesAfter()
              + " "
              + o.applied()
              + o.notes()
              + m.sizeBytes()
              + " -> "
              + o.model().sizeBytes());
      System.out.println(ops(o.model()));
      o.model()
          .write(
              java.nio.file.Path.of(
                  "/tmp/opt-models/" + r.replaceAll(".*/", "").replace(".onnx", "-opt.onnx")));
    }
  }

  static Map<String, Long> ops(OnnxModel model) {
    return new TreeMap<>(
        model.nodes().stream()
            .collect(Collectors.groupingBy(NodeProto::getOpType, Collectors.counting())));
  }

  static OnnxModel read(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ForeignModelsTest.class.getResourceAsStream(resource))) {
      return OnnxModel.read(in);
    }
  }
}
