/** The student network as data: its shape, its first weights, and its ONNX form. */
@NullMarked
package io.distillstream.trainer.student;

import org.jspecify.annotations.NullMarked;
