/** Two unlike teachers, each alone and together. */
@NullMarked
package io.distillstream.benchmarks.teachers;

import org.jspecify.annotations.NullMarked;
