/**
 * Self-attention whose products are in 8 bits already, as one operator of ONNX Runtime's own
 * domain.
 */
@NullMarked
package io.distillstream.quantization.optimize.attention;

import org.jspecify.annotations.NullMarked;
