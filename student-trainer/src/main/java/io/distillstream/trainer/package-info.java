/**
 * Online training: examples from the log in, checkpoints out, exactly once.
 *
 * <p>Three threads. One fetches, decodes and tokenizes into a bounded queue; one, the training
 * thread, owns the engine; one exports, checks and writes checkpoints. They share immutable records
 * only.
 */
@NullMarked
package io.distillstream.trainer;

import org.jspecify.annotations.NullMarked;
