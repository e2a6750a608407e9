/**
 * Deltas between versions of a model's file: their format, the coding of what changed, and their
 * application on a device. Knows bytes, rows and numbers, and nothing of ONNX: which part of a file
 * is what, a delta says itself.
 */
@NullMarked
package io.distillstream.delta;

import org.jspecify.annotations.NullMarked;
