@NullMarked
package io.distillstream.benchmarks.quantize;

import org.jspecify.annotations.NullMarked;
