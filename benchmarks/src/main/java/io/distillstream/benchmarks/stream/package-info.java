/** Students on a stream: as it drifts, as its texts are perturbed, and against a plain loop. */
@NullMarked
package io.distillstream.benchmarks.stream;

import org.jspecify.annotations.NullMarked;
