@NullMarked
package io.distillstream.benchmarks.scenario.report;

import org.jspecify.annotations.NullMarked;
