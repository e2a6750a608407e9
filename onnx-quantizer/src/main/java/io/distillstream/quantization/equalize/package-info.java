/**
 * Evens out channels before weights are rounded, without changing the model's answers: between
 * neighbouring layers, and between activations and the weights they are multiplied by.
 */
@NullMarked
package io.distillstream.quantization.equalize;

import org.jspecify.annotations.NullMarked;
