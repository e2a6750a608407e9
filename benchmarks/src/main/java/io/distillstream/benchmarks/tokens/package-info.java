/** How many bytes the alternatives of a language model's tokens take. */
@NullMarked
package io.distillstream.benchmarks.tokens;

import org.jspecify.annotations.NullMarked;
