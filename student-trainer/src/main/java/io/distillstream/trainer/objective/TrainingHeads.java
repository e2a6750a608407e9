package io.distillstream.trainer.objective;

import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.ParameterList;
import io.distillstream.trainer.student.StudentSpec;
import java.util.List;

/**
 * Linear maps of a student's hidden vectors that serve training alone: trained and checkpointed
 * beside the spec's parameters, left out of the exported model.
 *
 * @param distillation whether logits of their own learn from the teacher, while the classifier
 *     learns from labels: Touvron et al., <a href="https://arxiv.org/abs/2012.12877">Training
 *     Data-Efficient Image Transformers</a>, 2021. The student answers with the mean of both, and
 *     both are linear in the same vector, so that the mean is one linear layer: devices pay
 *     nothing.
 * @param embedding dimension of the teacher's embeddings to which hidden vectors are projected; 0
 *     for no projection
 */
public record TrainingHeads(boolean distillation, int embedding) {

  /** No heads. */
  public static final TrainingHeads NONE = new TrainingHeads(false, 0);

  /** Name of the linear map to logits that learn from the teacher. */
  public static final String DISTILLATION = "head.distillation";

  /** Name of the linear map to the teacher's embeddings. */
  public static final String EMBEDDING = "head.embedding";

  public TrainingHeads {
    if (embedding < 0) {
      throw new IllegalArgumentException("no embedding has dimension " + embedding);
    }
  }

  /** The heads' parameters in a fixed order, on students of this spec. */
  public List<Parameter> parameters(StudentSpec spec) {
    ParameterList list = new ParameterList();
    int width = hiddenWidth(spec);
    if (distillation) {
      list.linear(DISTILLATION, width, spec.classes());
    }
    if (embedding > 0) {
      list.linear(EMBEDDING, width, embedding);
    }
    return list.toList();
  }

  /** Width of the vectors that the classifier maps to logits. */
  private static int hiddenWidth(StudentSpec spec) {
    String classifier = StudentSpec.CLASSIFIER + ".weight";
    return spec.parameters().stream()
        .filter(parameter -> parameter.name().equals(classifier))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(spec + " has no " + classifier))
        .rows();
  }
}
