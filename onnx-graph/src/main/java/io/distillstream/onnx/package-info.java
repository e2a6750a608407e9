/** Reads, builds and writes ONNX graphs; knows the file format and nothing of any engine. */
@NullMarked
package io.distillstream.onnx;

import org.jspecify.annotations.NullMarked;
