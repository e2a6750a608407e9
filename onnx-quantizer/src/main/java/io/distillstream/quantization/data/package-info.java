/** Samples to calibrate and judge a model with, read from files again and again, one at a time. */
@NullMarked
package io.distillstream.quantization.data;

import org.jspecify.annotations.NullMarked;
