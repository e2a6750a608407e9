/** What {@code bench quantize} measures: quantized models beside their originals and peers. */
@NullMarked
package io.distillstream.benchmarks.quantize;

import org.jspecify.annotations.NullMarked;
