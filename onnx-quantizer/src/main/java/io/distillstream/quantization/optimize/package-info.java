/**
 * Makes graphs smaller and faster without changing what they compute. Before a graph is quantized
 * {@link io.distillstream.quantization.optimize.GraphOptimizer} runs small passes until none finds
 * anything more; afterwards {@link io.distillstream.quantization.optimize.IntegerAttention} gives
 * ONNX Runtime a kernel of its own.
 */
@NullMarked
package io.distillstream.quantization.optimize;

import org.jspecify.annotations.NullMarked;
