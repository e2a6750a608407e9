/**
 * A student trained on a stream, its checkpoints judged by the gate and scored on examples that it
 * never learned.
 */
@NullMarked
package io.distillstream.benchmarks.scenario.run;

import org.jspecify.annotations.NullMarked;
