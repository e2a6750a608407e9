/**
 * Rewrites a graph by a plan. {@link io.distillstream.quantization.graph.GraphQuantizer} is the way
 * in: for each node that uses a layer, the scheme of the planned precision writes the nodes that
 * take its place.
 */
@NullMarked
package io.distillstream.quantization.graph;

import org.jspecify.annotations.NullMarked;
