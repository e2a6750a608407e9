package io.distillstream.teacher.encoder;

import io.distillstream.model.LabelSpace;
import java.util.Map;
import java.util.TreeMap;

/**
 * A perceptron with one hidden layer, from a text's vector to raw logits: {@code logits = W₂ ·
 * gelu(W₁ · vector + b₁) + b₂}. Immutable, safe for use by many threads.
 */
public final class ClassifierHead {
  private final LabelSpace labels;
  private final Map<String, String> provenance;
  private final DenseLayer hidden;
  private final DenseLayer output;

  /**
   * @param hidden from the encoder's width to the hidden width
   * @param output from the hidden width to one logit per label
   * @param provenance how the head was made; see {@link HeadFile}
   */
  public ClassifierHead(
      LabelSpace labels, DenseLayer hidden, DenseLayer output, Map<String, String> provenance) {
    if (output.inputs() != hidden.outputs() || output.outputs() != labels.size()) {
      throw new IllegalArgumentException(
          "Layers %d-%d and %d-%d do not fit together and %d labels"
              .formatted(
                  hidden.inputs(),
                  hidden.outputs(),
                  output.inputs(),
                  output.outputs(),
                  labels.size()));
    }
    this.labels = labels;
    this.hidden = hidden;
    this.output = output;
    this.provenance = Map.copyOf(provenance);
  }

  public LabelSpace labels() {
    return labels;
  }

  /** How the head was made, sorted by key. */
  public Map<String, String> provenance() {
    return new TreeMap<>(provenance);
  }

  public DenseLayer hidden() {
    return hidden;
  }

  public DenseLayer output() {
    return output;
  }

  /**
   * Raw logits {@code [classes]} of one text.
   *
   * @param vector {@code [width]}, from the encoder the head was fitted on
   */
  public float[] logits(float[] vector) {
    float[] activations = hidden.apply(vector);
    for (int i = 0; i < activations.length; i++) {
      activations[i] = Gelu.of(activations[i]);
    }
    return output.apply(activations);
  }

  /** Raw logits {@code [texts, classes]} of vectors {@code [texts, width]}. */
  public float[][] logits(float[][] vectors) {
    float[][] logits = new float[vectors.length][];
    for (int row = 0; row < vectors.length; row++) {
      logits[row] = logits(vectors[row]);
    }
    return logits;
  }
}
