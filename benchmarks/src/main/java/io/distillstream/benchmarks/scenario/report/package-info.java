/** What the benchmark says: a table, a file of figures, and a page with curves. */
@NullMarked
package io.distillstream.benchmarks.scenario.report;

import org.jspecify.annotations.NullMarked;
