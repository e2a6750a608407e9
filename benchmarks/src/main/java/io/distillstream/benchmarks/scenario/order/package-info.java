/** Labelled examples in the orders in which live traffic comes: pure functions of a seed. */
@NullMarked
package io.distillstream.benchmarks.scenario.order;

import org.jspecify.annotations.NullMarked;
