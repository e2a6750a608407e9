@NullMarked
package io.distillstream.benchmarks.scenario.order;

import org.jspecify.annotations.NullMarked;
