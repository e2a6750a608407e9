/**
 * Watches the activations of a model on real data and says which range each of them needs.
 *
 * <p>What is kept per tensor is a {@link
 * io.distillstream.quantization.calibrate.distribution.Histogram} of fixed size: bytes per tensor,
 * not per sample.
 */
@NullMarked
package io.distillstream.quantization.calibrate;

import org.jspecify.annotations.NullMarked;
