/** How much memory a graph needs while it answers a sample. */
@NullMarked
package io.distillstream.quantization.optimize.memory;

import org.jspecify.annotations.NullMarked;
