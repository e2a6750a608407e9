package io.distillstream.trainer.export;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;

/**
 * Writes students as ONNX models in fp32. Weights stay plain constants under their parameter names:
 * {@code [in, out]} ones that feed a MatMul, the word table one that feeds a Gather, so that a
 * quantizer finds them.
 */
public final class StudentExport {
  private StudentExport() {}

  /**
   * A text classifier: inputs {@code input_ids} and {@code attention_mask}, int64 {@code [batch,
   * tokens]}; output {@code logits}, fp32 {@code [batch, classes]}.
   *
   * @throws IllegalArgumentException if the student is no text classifier, or the metadata describe
   *     another label space, vocabulary or length than the student's
   */
  public static OnnxModel export(StudentWeights weights, ModelMetadata metadata) {
    StudentSpec spec = weights.spec();
    if (!spec.family().classifiesTexts()) {
      throw new IllegalArgumentException("no text classifier: " + spec);
    }
    check(spec, metadata);
    return spec.toOnnx(weights, metadata.toMap());
  }

  private static void check(StudentSpec spec, ModelMetadata metadata) {
    require("classes", spec.classes(), metadata.labels().size());
    require("word pieces", spec.vocabularySize(), metadata.tokenizer().vocabulary().size());
    require("tokens at most", spec.maxTokens(), metadata.maxTokens());
  }

  private static void require(String what, int student, int described) {
    if (student != described) {
      throw new IllegalArgumentException(
          "the student has %d %s, its metadata say %d".formatted(student, what, described));
    }
  }
}
