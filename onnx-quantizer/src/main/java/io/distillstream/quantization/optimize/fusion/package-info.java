/**
 * Passes that let one node stand for several: normalizations, activation functions, products with
 * their bias, and the affine arithmetic behind a linear layer that its weights can take up.
 */
@NullMarked
package io.distillstream.quantization.optimize.fusion;

import org.jspecify.annotations.NullMarked;
