/**
 * A graph while its layers are rewritten, and what several schemes share of it: each constant in
 * fewer bits once, and the activations that are there in 8 or 16 bits.
 */
@NullMarked
package io.distillstream.quantization.rewrite;

import org.jspecify.annotations.NullMarked;
