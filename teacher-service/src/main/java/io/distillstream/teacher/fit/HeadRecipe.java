package io.distillstream.teacher.fit;

/**
 * How a head is trained: AdamW over shuffled batches, cosine decay of the learning rate to zero
 * over {@code epochs}, cross-entropy with smoothed labels, dropout behind the hidden layer.
 *
 * @param hiddenUnits width of the hidden layer
 * @param batchSize examples per step
 * @param epochs passes over the training split
 * @param learningRate at the first step
 * @param weightDecay decoupled, per step times the learning rate
 * @param dropout share of the hidden units dropped, 0 to below 1
 * @param labelSmoothing probability mass spread evenly over all classes, 0 to below 1
 * @param seed of split, initial weights, order and dropout
 */
public record HeadRecipe(
    int hiddenUnits,
    int batchSize,
    int epochs,
    float learningRate,
    float weightDecay,
    float dropout,
    float labelSmoothing,
    int seed) {

  public HeadRecipe {
    require(hiddenUnits >= 1, "hiddenUnits", hiddenUnits);
    require(batchSize >= 1, "batchSize", batchSize);
    require(epochs >= 1, "epochs", epochs);
    require(learningRate > 0, "learningRate", learningRate);
    require(weightDecay >= 0, "weightDecay", weightDecay);
    require(dropout >= 0 && dropout < 1, "dropout", dropout);
    require(labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", labelSmoothing);
  }

  private static void require(boolean holds, String name, Number value) {
    if (!holds) {
      throw new IllegalArgumentException("%s is out of range: %s".formatted(name, value));
    }
  }

  /** The best of those tried on validation splits of the WordNet glosses. */
  public static HeadRecipe standard() {
    return new HeadRecipe(512, 128, 15, 1e-3f, 0.01f, 0.5f, 0, 1);
  }
}
