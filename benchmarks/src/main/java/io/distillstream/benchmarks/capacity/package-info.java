/** What a core does in each stage, what a request takes on disk, and what follows for others. */
@NullMarked
package io.distillstream.benchmarks.capacity;

import org.jspecify.annotations.NullMarked;
