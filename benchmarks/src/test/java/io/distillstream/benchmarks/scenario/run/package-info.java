@NullMarked
package io.distillstream.benchmarks.scenario.run;

import org.jspecify.annotations.NullMarked;
