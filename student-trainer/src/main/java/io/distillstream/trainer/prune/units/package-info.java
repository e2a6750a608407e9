/** Whole units taken out of a student: heads, neurons, and rows of the word table. */
@NullMarked
package io.distillstream.trainer.prune.units;

import org.jspecify.annotations.NullMarked;
