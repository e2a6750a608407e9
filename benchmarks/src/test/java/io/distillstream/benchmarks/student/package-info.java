@NullMarked
package io.distillstream.benchmarks.student;

import org.jspecify.annotations.NullMarked;
