/** Students as ONNX models, checked against the engine that trained them. */
@NullMarked
package io.distillstream.trainer.export;

import org.jspecify.annotations.NullMarked;
