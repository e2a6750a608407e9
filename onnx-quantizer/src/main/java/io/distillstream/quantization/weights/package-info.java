/** Constants in fewer bits, as plain arrays: rounding, scales, packing, and what they lose. */
@NullMarked
package io.distillstream.quantization.weights;

import org.jspecify.annotations.NullMarked;
