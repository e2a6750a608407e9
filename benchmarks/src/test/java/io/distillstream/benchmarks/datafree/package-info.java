/** Tests of what is reported of made-up texts. */
@NullMarked
package io.distillstream.benchmarks.datafree;

import org.jspecify.annotations.NullMarked;
