/**
 * What a student is taught with: what a teacher said of a row, how far the student's answer is from
 * it, and the gradient of that. Plain Java in double precision, free of the tensor library.
 */
@NullMarked
package io.distillstream.trainer.loss;

import org.jspecify.annotations.NullMarked;
