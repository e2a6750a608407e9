/**
 * Makes deltas of ONNX files: finds where their tensors lie, pairs those of one name, and writes
 * the smallest delta that the codecs of {@code io.distillstream.delta} give.
 */
@NullMarked
package io.distillstream.onnx.delta;

import org.jspecify.annotations.NullMarked;
