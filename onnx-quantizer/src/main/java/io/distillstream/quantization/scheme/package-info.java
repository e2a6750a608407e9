/**
 * How one layer is held in fewer bits, and the nodes that then compute with it: a {@code Scheme}
 * for each use of a constant in each precision.
 */
@NullMarked
package io.distillstream.quantization.scheme;

import org.jspecify.annotations.NullMarked;
