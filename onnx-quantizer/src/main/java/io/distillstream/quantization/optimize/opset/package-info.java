/** Writes the nodes of a graph for a newer version of ONNX's default operator set. */
@NullMarked
package io.distillstream.quantization.optimize.opset;

import org.jspecify.annotations.NullMarked;
