/** Deltas between consecutive artifacts of a student, beside general tools for deltas. */
@NullMarked
package io.distillstream.benchmarks.delta;

import org.jspecify.annotations.NullMarked;
