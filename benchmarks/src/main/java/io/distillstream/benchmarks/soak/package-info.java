/** A long training run of two engines that shows whether the engine can be trusted. */
@NullMarked
package io.distillstream.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
