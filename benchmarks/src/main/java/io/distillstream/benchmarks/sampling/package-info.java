/** What sampling at the tap costs its clients, and the thread that writes the journal. */
@NullMarked
package io.distillstream.benchmarks.sampling;

import org.jspecify.annotations.NullMarked;
