package io.distillstream.artifacts.incumbent;

/**
 * How often candidates were compared with the same incumbent. Each further look asks for more
 * evidence. When as many held-out requests came in as the half-life says, most of the evidence is
 * new and counting starts over; a channel could otherwise stand still for ever after many refusals.
 *
 * @param count candidates compared, 0 before the first
 * @param since how many requests had been held out at the first of them
 */
public record Looks(int count, long since) {
  /** Before the first candidate. */
  public static final Looks NONE = new Looks(0, 0);

  /**
   * With one candidate more.
   *
   * @param heldOut requests held out up to it, since the student's fresh start
   */
  public Looks next(long heldOut, IncumbentSettings settings) {
    boolean over = heldOut < since || heldOut >= since + settings.halfLife();
    return count == 0 || over ? new Looks(1, heldOut) : new Looks(count + 1, since);
  }
}
