/** Which values a graph's activations take on samples. */
@NullMarked
package io.distillstream.quantization.calibrate;

import org.jspecify.annotations.NullMarked;
