/** How a graph's constants can be held in fewer bits, and the rewriting of the graph. */
@NullMarked
package io.distillstream.quantization.scheme;

import org.jspecify.annotations.NullMarked;
