package io.distillstream.gateway.hawkbit.fleet;

/**
 * What a target is to do.
 *
 * @param kind what with the update
 * @param version of the update; 0 where there is nothing to do
 */
public record Offer(Kind kind, long version) {

  public static final Offer NOTHING = new Offer(Kind.NOTHING, 0);

  /** What a target can be told. */
  public enum Kind {
    /** It has reported on the newest update. */
    NOTHING,
    /** Install it. */
    DEPLOY,
    /** Give it up: another one has replaced it. */
    CANCEL
  }
}
