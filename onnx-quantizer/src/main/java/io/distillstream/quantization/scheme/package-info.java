/**
 * How a graph's constants can be held in fewer bits, and the rewriting of the graph by a plan.
 *
 * <p>{@link GraphQuantizer} is the way in. It finds the sites, nodes that use a constant in a way
 * some scheme knows; for each, the scheme of the planned precision writes the nodes that take its
 * place. {@link SignednessTrial} and {@link CrossLayerEqualization} come before it, where wanted.
 */
@NullMarked
package io.distillstream.quantization.scheme;

import org.jspecify.annotations.NullMarked;
