/**
 * What a candidate costs beside its original: quality, size, latency and memory, and budgets for
 * them.
 */
@NullMarked
package io.distillstream.quantization.gate;

import org.jspecify.annotations.NullMarked;
