package io.distillstream.teacher;

/**
 * A teacher that is sound cannot answer at this moment, whatever the text: its server is away, or a
 * budget is spent. The same call succeeds later.
 */
public final class TeacherUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Unavailability unavailability;

  public TeacherUnavailableException(Unavailability unavailability) {
    super(unavailability.reason());
    this.unavailability = unavailability;
  }

  /** Why, and until when. */
  public Unavailability unavailability() {
    return unavailability;
  }
}
