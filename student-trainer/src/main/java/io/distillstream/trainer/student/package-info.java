/** The families of students: what each looks like, and its ONNX graph. */
@NullMarked
package io.distillstream.trainer.student;

import org.jspecify.annotations.NullMarked;
