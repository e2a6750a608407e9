/** Built graphs are judged by ONNX Runtime, an engine that is not ours. */
@NullMarked
package io.distillstream.onnx;

import org.jspecify.annotations.NullMarked;
