/**
 * Simplifies a graph before it is quantized: {@link
 * io.distillstream.quantization.optimize.GraphOptimizer} runs small passes, each of which keeps
 * what the graph computes, until none finds anything more.
 */
@NullMarked
package io.distillstream.quantization.optimize;

import org.jspecify.annotations.NullMarked;
