/** End-to-end benchmarks, each beside its peer in the same run, in turns. */
@NullMarked
package io.distillstream.benchmarks;

import org.jspecify.annotations.NullMarked;
