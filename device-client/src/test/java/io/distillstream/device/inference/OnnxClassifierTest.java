package io.distillstream.device.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.device.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxClassifierTest {

  @TempDir Path folder;

  @Test
  void shouldAnswerWithTheMeanOfItsPieces() throws Exception {
    try (OnnxClassifier classifier = OnnxClassifier.open(write(TestModels.model(1)))) {
      // [CLS] dog [SEP] are pieces 2, 6, 3 of a table whose entry i is (37 i mod 101) / 101.
      float[] expected = new float[3];
      for (int piece : new int[] {2, 6, 3}) {
        for (int c = 0; c < 3; c++) {
          expected[c] += ((piece * 3 + c) * 37 % 101) / 101f / 3;
        }
      }
      expected[1] += 10;

      assertThat(classifier.logits("dog")).containsExactly(expected, within(1e-5f));
      assertThat(classifier.labels()).isEqualTo(TestModels.LABELS);
    }
  }

  @Test
  void shouldAnswerEachTextAsIfAskedAlone() throws Exception {
    try (OnnxClassifier classifier = OnnxClassifier.open(write(TestModels.model(1)))) {
      List<String> texts = List.of("a dog", "bread", "a hammer a hammer a hammer");

      float[][] together = classifier.logits(texts);

      for (int i = 0; i < texts.size(); i++) {
        assertThat(together[i]).containsExactly(classifier.logits(texts.get(i)));
      }
    }
  }

  @Test
  void shouldRefuseBytesThatAreNoModel() throws IOException {
    byte[] model = TestModels.model(1);
    Path half = write(Arrays.copyOf(model, model.length / 2));

    assertThatThrownBy(() -> OnnxClassifier.open(half))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("ONNX Runtime cannot load it");
  }

  @Test
  void shouldRefuseAModelThatDoesNotNameItsLabels() throws IOException {
    Map<String, String> metadata = new HashMap<>(TestModels.METADATA.toMap());
    metadata.remove("distillstream.labels");
    Path file = write(TestModels.model(1, metadata, 3));

    assertThatThrownBy(() -> OnnxClassifier.open(file))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("distillstream.labels");
  }

  @Test
  void shouldRefuseAModelWithMoreLogitsThanLabels() throws IOException {
    Path file = write(TestModels.model(1, TestModels.METADATA.toMap(), 4));

    assertThatThrownBy(() -> OnnxClassifier.open(file))
        .isInstanceOf(UnusableModelException.class)
        .hasMessage("it gives 4 logits for 3 labels");
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.onnx"), bytes);
  }
}
