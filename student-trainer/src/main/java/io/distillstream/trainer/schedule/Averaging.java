package io.distillstream.trainer.schedule;

/**
 * How far back the average reaches that devices get in place of the newest weights.
 *
 * <p>The learning rate of an endless stream never ends at 0, so the newest weights wander about the
 * point that they settle at; their average does not. It is a moving one, {@code a = a + (w - a)
 * stride / window}, over a window that grows with the records, so that the first, poor weights are
 * soon forgotten, until it is as long as it is to be. Polyak, Juditsky, <a
 * href="https://doi.org/10.1137/0330046">Acceleration of stochastic approximation by averaging</a>,
 * 1992; windows that grow: Shamir, Zhang, <a href="https://arxiv.org/abs/1212.1824">Stochastic
 * gradient descent for non-smooth optimization</a>, 2013; moving averages of networks: Tarvainen,
 * Valpola, <a href="https://arxiv.org/abs/1703.01780">Mean teachers</a>, 2017; at intervals of many
 * steps: Izmailov et al., <a href="https://arxiv.org/abs/1803.05407">Averaging weights leads to
 * wider optima</a>, 2018.
 *
 * @param share of the records since the stream began or changed that the window spans
 * @param records that the window spans at most
 */
public record Averaging(double share, long records) {
  /** Records between two updates of the average, a pass over all weights. */
  public static final int STRIDE = 512;

  public Averaging {
    if (!(share > 0 && share <= 1) || records < STRIDE) {
      throw new IllegalArgumentException(
          "expected a share in (0, 1] and a window of at least %d records, got %s and %d"
              .formatted(STRIDE, share, records));
    }
  }

  /** The window in records, at least {@link #STRIDE}, at this many since the stream began. */
  public double window(long position) {
    return Math.max(STRIDE, Math.min((double) records, share * (double) position));
  }

  /** How often the average is due when a step takes the records learned from one to another. */
  public static long due(long before, long after) {
    return after / STRIDE - before / STRIDE;
  }
}
