/** Finds the smallest and fastest candidate that its gate lets pass. */
@NullMarked
package io.distillstream.quantization.search;

import org.jspecify.annotations.NullMarked;
