package io.distillstream.trainer.augment;

/**
 * A student's hard examples, counted since its fresh start.
 *
 * @param sent requests made of them
 * @param trained of the records trained those that came back, labelled, from such requests
 */
public record Augmented(long sent, long trained) {

  /** None yet. */
  public static final Augmented NONE = new Augmented(0, 0);

  public Augmented {
    if (sent < 0 || trained < 0) {
      throw new IllegalArgumentException(
          "impossible counts: %d sent, %d trained".formatted(sent, trained));
    }
  }

  public Augmented plusSent(int more) {
    return new Augmented(sent + more, trained);
  }

  public Augmented plusTrained(long more) {
    return new Augmented(sent, trained + more);
  }
}
