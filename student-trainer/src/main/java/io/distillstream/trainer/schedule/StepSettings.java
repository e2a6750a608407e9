package io.distillstream.trainer.schedule;

/**
 * What one step is taken with.
 *
 * @param temperature τ of the distillation loss, at least 1
 * @param alpha weight of the KL term, 0 to 1; the cross-entropy weighs {@code 1 - alpha}
 * @param learningRate of AdamW, after warm-up and decay
 * @param wordRate what the learning rate is multiplied with in rows of the word table, 0 to 1
 * @param weightDecay decoupled, of matrices only; embedding, norms and biases have none
 * @param clipNorm gradients with a larger global L2 norm are scaled down to it
 * @param spikeFactor a step diverged if its loss exceeds this multiple of the moving average;
 *     {@link Double#POSITIVE_INFINITY} switches the check off
 * @param quantized whether the step is taken with what 8 bits will leave of weights and activations
 * @param averagingWindow records that the average for devices reaches back, see {@link Averaging};
 *     0: they get the newest weights
 */
public record StepSettings(
    double temperature,
    double alpha,
    double learningRate,
    double wordRate,
    double weightDecay,
    double clipNorm,
    double spikeFactor,
    boolean quantized,
    double averagingWindow) {

  /** In full precision, without an average, words as fast as the rest. */
  public StepSettings(
      double temperature,
      double alpha,
      double learningRate,
      double weightDecay,
      double clipNorm,
      double spikeFactor) {
    this(temperature, alpha, learningRate, 1, weightDecay, clipNorm, spikeFactor, false, 0);
  }

  public StepSettings {
    require(temperature >= 1 && Double.isFinite(temperature), "temperature", temperature);
    require(alpha >= 0 && alpha <= 1, "alpha", alpha);
    require(learningRate >= 0 && Double.isFinite(learningRate), "learningRate", learningRate);
    require(wordRate >= 0 && wordRate <= 1, "wordRate", wordRate);
    require(weightDecay >= 0 && Double.isFinite(weightDecay), "weightDecay", weightDecay);
    require(clipNorm > 0, "clipNorm", clipNorm);
    require(spikeFactor > 1, "spikeFactor", spikeFactor);
    require(
        averagingWindow >= 0 && Double.isFinite(averagingWindow),
        "averagingWindow",
        averagingWindow);
  }

  /** The same at another temperature. */
  public StepSettings withTemperature(double other) {
    return with(other, learningRate, spikeFactor);
  }

  /** The same without the spike check, for a batch whose large loss has proved to be real. */
  public StepSettings withoutSpikeCheck() {
    return with(temperature, learningRate, Double.POSITIVE_INFINITY);
  }

  /** The same at a learning rate times {@code factor}. */
  public StepSettings slowedBy(double factor) {
    return with(temperature, learningRate * factor, spikeFactor);
  }

  private StepSettings with(double temperature, double learningRate, double spikeFactor) {
    return new StepSettings(
        temperature,
        alpha,
        learningRate,
        wordRate,
        weightDecay,
        clipNorm,
        spikeFactor,
        quantized,
        averagingWindow);
  }

  private static void require(boolean holds, String name, double value) {
    if (!holds) {
      throw new IllegalArgumentException("%s is out of range: %s".formatted(name, value));
    }
  }
}
