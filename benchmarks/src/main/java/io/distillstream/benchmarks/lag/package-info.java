/** What measuring the lag of consumer groups costs. */
@NullMarked
package io.distillstream.benchmarks.lag;

import org.jspecify.annotations.NullMarked;
