/**
 * Makes graphs smaller and faster without changing what they compute: {@link
 * io.distillstream.quantization.optimize.GraphOptimizer} runs small passes over a graph until none
 * finds anything more.
 *
 * <p>The packages below hold the passes by what they look for: {@code redundancy}, {@code shape},
 * {@code fusion} of several nodes into one, and {@code opset}, which writes nodes for a newer
 * operator set. {@code attention} fuses what is quantized already, {@code memory} says what a graph
 * needs while it runs, and {@code pass} is what all passes work on.
 */
@NullMarked
package io.distillstream.quantization.optimize;

import org.jspecify.annotations.NullMarked;
