/** What students of each family, size and loss learn in one pass over labelled glosses. */
@NullMarked
package io.distillstream.benchmarks.student;

import org.jspecify.annotations.NullMarked;
