/** Runs one model file: text in, logits out. The only place that knows ONNX Runtime. */
@NullMarked
package io.distillstream.device.inference;

import org.jspecify.annotations.NullMarked;
