/** Clocks, sizes and tables that benchmarks share. */
@NullMarked
package io.distillstream.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
