package io.distillstream.trainer.prune;

/**
 * How much a weight w matters, from the gradients g of the steps so far; the least important goes
 * first. Weights that a step does not use have g = 0 there.
 */
public enum Criterion {
  /** {@code |w|}, when pruning. Needs no memory of the gradients. */
  MAGNITUDE {
    @Override
    public float after(float score, float weight, float gradient, float learningRate) {
      return score;
    }
  },

  /**
   * {@code Σ |g w|}: what the loss changes by, to first order, when the weight goes; summed over
   * the steps and halved after each time of pruning, so that it forgets. Molchanov and others, <a
   * href="https://arxiv.org/abs/1611.06440">Pruning Convolutional Neural Networks for Resource
   * Efficient Inference</a>, 2017, and <a href="https://arxiv.org/abs/1906.10771">Importance
   * Estimation for Neural Network Pruning</a>, 2019.
   */
  TAYLOR {
    @Override
    public float after(float score, float weight, float gradient, float learningRate) {
      return score + Math.abs(gradient * weight);
    }
  },

  /**
   * {@code -Σ η g w} with the learning rate η and clipped gradients: positive for a weight that
   * training drives away from 0, negative for one that it drives towards 0. Sanh, Wolf, Rush, <a
   * href="https://arxiv.org/abs/2005.07683">Movement Pruning</a>, 2020.
   */
  MOVEMENT {
    @Override
    public float after(float score, float weight, float gradient, float learningRate) {
      return score - learningRate * gradient * weight;
    }
  };

  /**
   * The score after a step.
   *
   * @param weight before it
   * @param gradient of it, after clipping
   */
  public abstract float after(float score, float weight, float gradient, float learningRate);

  /** What scores are multiplied with each time something was pruned. */
  public float keptAfterPruning() {
    return this == TAYLOR ? 0.5f : 1;
  }

  public boolean needsGradients() {
    return this != MAGNITUDE;
  }
}
