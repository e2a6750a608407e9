/** Models in ONNX that read token ids, and text classifiers made of one. */
@NullMarked
package io.distillstream.teacher.onnx;

import org.jspecify.annotations.NullMarked;
