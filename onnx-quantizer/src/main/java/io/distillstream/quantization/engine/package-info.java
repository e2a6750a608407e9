/** Runs models on samples; the only place that knows ONNX Runtime. */
@NullMarked
package io.distillstream.quantization.engine;

import org.jspecify.annotations.NullMarked;
