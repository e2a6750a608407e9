package io.distillstream.tuf.refusal;

/** Something that a client must not trust; the message begins with the role that it is about. */
public abstract class TufException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String role;

  TufException(String role, String reason) {
    super(role + ": " + reason);
    this.role = role;
  }

  /** The role whose metadata was refused, or the path of the target. */
  public String role() {
    return role;
  }
}
