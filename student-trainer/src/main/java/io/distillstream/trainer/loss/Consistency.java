package io.distillstream.trainer.loss;

/**
 * Asks that the student's answer stay where its word vectors are moved a little, the way that hurts
 * it most.
 *
 * <p>With x the vectors that a text is made of, g the gradient of the text's loss by them, and ‖·‖
 * the L2 norm over all of them:
 *
 * <pre>
 * δ = ρ ‖x‖ g / ‖g‖                       {@link Shape#L2}
 * δ = ρ ‖x‖ / √size(x) · sign(g)          {@link Shape#SIGN}
 * λ τ² D(anchor at τ, student at τ of x + δ)
 * </pre>
 *
 * <p>The form of δ: Miyato, Dai, Goodfellow, <a href="https://arxiv.org/abs/1605.07725">Adversarial
 * Training Methods for Semi-Supervised Text Classification</a>, 2017, and Goodfellow, Shlens,
 * Szegedy, <a href="https://arxiv.org/abs/1412.6572">Explaining and Harnessing Adversarial
 * Examples</a>, 2015. Both forms are equally long where no component of g is 0. The length goes by
 * the text's own vectors, so that no student evades it by growing them; the former paper normalizes
 * the vectors to that end. The consistency term: Miyato, Maeda, Koyama, Ishii, <a
 * href="https://arxiv.org/abs/1704.03976">Virtual Adversarial Training</a>, 2018; there g is of the
 * divergence itself, which vanishes at δ = 0 and so takes a pass more to find. Here it is of the
 * distillation loss and comes with the pass that is made anyway.
 *
 * <p>Neither δ nor the anchor passes a gradient on.
 *
 * @param weight λ; 0 switches it off
 * @param radius ρ
 * @param shape of δ
 * @param anchor what the moved text's answer is compared with
 */
public record Consistency(double weight, double radius, Shape shape, Anchor anchor) {

  /** No such term. */
  public static final Consistency OFF = new Consistency(0, 0, Shape.L2, Anchor.STUDENT);

  /** The norm in which δ is the worst step of its length. */
  public enum Shape {
    /** Along the gradient. */
    L2,
    /** The same step up or down in every component. */
    SIGN
  }

  /** Whose answer to the unmoved text stands. */
  public enum Anchor {
    /** The student's own. */
    STUDENT,
    /** The teacher's. */
    TEACHER
  }

  /**
   * @throws IllegalArgumentException for a weight or radius that is negative or not finite
   */
  public Consistency {
    require(weight, "weight");
    require(radius, "radius");
  }

  private static void require(double value, String name) {
    if (!(value >= 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException("the %s of consistency is %s".formatted(name, value));
    }
  }

  public boolean isOn() {
    return weight > 0;
  }

  /**
   * δ of one text; zero where the gradient is.
   *
   * @param vectors x of all texts, row-major
   * @param gradients g of the same shape
   * @param shift receives δ, of the same shape
   * @param from the text's first component
   * @param to the component after its last
   */
  public void shift(float[] vectors, float[] gradients, float[] shift, int from, int to) {
    double length = radius * norm(vectors, from, to);
    double slope = norm(gradients, from, to);
    double root = Math.sqrt((double) to - from);
    for (int i = from; i < to; i++) {
      double direction =
          switch (shape) {
            case L2 -> slope == 0 ? 0 : gradients[i] / slope;
            case SIGN -> Math.signum(gradients[i]) / root;
          };
      shift[i] = (float) (length * direction);
    }
  }

  private static double norm(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }
}
