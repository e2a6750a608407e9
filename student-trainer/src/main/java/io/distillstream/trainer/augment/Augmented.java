package io.distillstream.trainer.augment;

/**
 * What a student learns that no client sent, counted since its fresh start.
 *
 * @param sent requests made of its hard examples
 * @param trained of the records trained those that came back, labelled, from such requests
 * @param synthetic of the records trained those whose texts were made up for want of traffic
 */
public record Augmented(long sent, long trained, long synthetic) {

  /** None yet. */
  public static final Augmented NONE = new Augmented(0, 0);

  public Augmented {
    if (sent < 0 || trained < 0 || synthetic < 0) {
      throw new IllegalArgumentException(
          "impossible counts: %d sent, %d trained, %d synthetic"
              .formatted(sent, trained, synthetic));
    }
  }

  /** Hard examples alone. */
  public Augmented(long sent, long trained) {
    this(sent, trained, 0);
  }

  public Augmented plusSent(int more) {
    return new Augmented(sent + more, trained, synthetic);
  }

  /** After more records were trained. */
  public Augmented plusTrained(long more, long moreSynthetic) {
    return new Augmented(sent, trained + more, synthetic + moreSynthetic);
  }

  /** Records trained that were no traffic. */
  public long made() {
    return trained + synthetic;
  }
}
