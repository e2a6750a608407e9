/** Weights and moments of a student under training on the Java heap, their update and pruning. */
@NullMarked
package io.distillstream.trainer.engine.heap;

import org.jspecify.annotations.NullMarked;
