package io.distillstream.trainer.steering;

/**
 * The stream changed: the student agrees with the teacher less than it did.
 *
 * @param before agreement over the older part of the window
 * @param after agreement over the newer part
 * @param records in the newer part: how long ago the change was, about
 */
public record Drift(double before, double after, long records) {}
