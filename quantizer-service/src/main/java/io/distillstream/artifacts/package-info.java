/**
 * From an fp32 checkpoint to a mobile artifact: rewrites the graph to INT8, judges the result on
 * live inputs, publishes what passes.
 */
@NullMarked
package io.distillstream.quantizer;

import org.jspecify.annotations.NullMarked;
