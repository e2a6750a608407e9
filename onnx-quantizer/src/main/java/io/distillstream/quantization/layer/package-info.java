/**
 * What in a graph can be held in fewer bits: its layers, the nodes that use them, and the constants
 * and consumers by which they are found. Nothing here knows a precision or changes a graph.
 */
@NullMarked
package io.distillstream.quantization.layer;

import org.jspecify.annotations.NullMarked;
