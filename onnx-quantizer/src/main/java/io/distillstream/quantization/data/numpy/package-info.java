/** Samples in NumPy's files, read array by array and sample by sample. */
@NullMarked
package io.distillstream.quantization.data.numpy;

import org.jspecify.annotations.NullMarked;
