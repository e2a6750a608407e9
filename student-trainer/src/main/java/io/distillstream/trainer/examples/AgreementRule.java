package io.distillstream.trainer.examples;

import io.distillstream.foundation.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * How much is learned of requests on which several teachers agree, and which teach less than those
 * on which they do not: selection by the disagreement of a committee, measured by the
 * Jensen-Shannon divergence. Seung, Opper, Sompolinsky, <a
 * href="https://doi.org/10.1145/130385.130417">Query by Committee</a>, COLT 1992.
 *
 * @param below disagreement, nats, below which teachers agree; 0: never
 * @param share of the requests on which they agree that is learned, chosen by a hash of the id, so
 *     that it is the same whenever they come
 */
public record AgreementRule(double below, double share) {

  /** Everything is learned. */
  public static final AgreementRule NONE = new AgreementRule(0, 1);

  private static final double TWO_TO_MINUS_53 = 0x1p-53;
  private static final int UNUSED_BITS = 11;

  public AgreementRule {
    if (!(below >= 0) || !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "impossible rule of agreement: below %s, share %s".formatted(below, share));
    }
  }

  /**
   * Whether a request is not learned.
   *
   * @param disagreement nats; null where one teacher answered
   */
  public boolean passesOver(String requestId, @Nullable Double disagreement) {
    return disagreement != null && disagreement < below && uniform(requestId) >= share;
  }

  /** Has nothing to do with which requests are held out. */
  private static double uniform(String requestId) {
    return (Sha256.leadingLong("agreement/" + requestId) >>> UNUSED_BITS) * TWO_TO_MINUS_53;
  }
}
