/** The teacher under more load than it can bear, and beside clients that send slowly or nothing. */
@NullMarked
package io.distillstream.benchmarks.overload;

import org.jspecify.annotations.NullMarked;
