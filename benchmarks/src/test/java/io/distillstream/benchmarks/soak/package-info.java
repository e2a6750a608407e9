@NullMarked
package io.distillstream.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
