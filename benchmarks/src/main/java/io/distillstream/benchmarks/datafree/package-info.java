/** A student that learned made-up texts, beside one that learned as many real ones. */
@NullMarked
package io.distillstream.benchmarks.datafree;

import org.jspecify.annotations.NullMarked;
