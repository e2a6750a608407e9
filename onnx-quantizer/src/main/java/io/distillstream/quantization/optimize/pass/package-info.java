/**
 * What every pass over a graph works with: the {@link
 * io.distillstream.quantization.optimize.pass.WorkingGraph} that it rewrites, and the patterns that
 * it asks nodes for.
 */
@NullMarked
package io.distillstream.quantization.optimize.pass;

import org.jspecify.annotations.NullMarked;
