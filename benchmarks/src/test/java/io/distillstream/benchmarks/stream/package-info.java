@NullMarked
package io.distillstream.benchmarks.stream;

import org.jspecify.annotations.NullMarked;
