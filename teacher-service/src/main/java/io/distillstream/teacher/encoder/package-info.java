/**
 * Teachers made of a frozen text encoder, run by ONNX Runtime, and a small classifier head fitted
 * on labelled text, run in plain Java.
 */
@NullMarked
package io.distillstream.teacher.encoder;

import org.jspecify.annotations.NullMarked;
