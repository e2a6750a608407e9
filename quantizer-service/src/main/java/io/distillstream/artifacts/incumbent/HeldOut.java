package io.distillstream.artifacts.incumbent;

/**
 * A request that no student learns from.
 *
 * @param id of the request
 * @param text of it
 * @param teacher what its teachers said of it
 */
public record HeldOut(String id, String text, TeacherAnswer teacher) {

  /** The teachers' most probable class. */
  public int label() {
    return teacher.label();
  }
}
