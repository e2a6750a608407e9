/**
 * How good answers are: against labels, against the teacher's, and two models' beside each other.
 */
@NullMarked
package io.distillstream.local.evaluate.score;

import org.jspecify.annotations.NullMarked;
