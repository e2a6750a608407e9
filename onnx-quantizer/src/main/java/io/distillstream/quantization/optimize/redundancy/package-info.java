/**
 * Passes that remove what a graph does twice, for nothing, or could have been done before: dead
 * nodes, no-ops, common subexpressions, equal constants, and what depends on constants only.
 */
@NullMarked
package io.distillstream.quantization.optimize.redundancy;

import org.jspecify.annotations.NullMarked;
