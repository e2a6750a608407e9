/**
 * Passes over the arithmetic of shapes: lengths that are known, and reshapes that can be said
 * without them.
 */
@NullMarked
package io.distillstream.quantization.optimize.shape;

import org.jspecify.annotations.NullMarked;
