/**
 * Opens samples wherever they come from: files by their ending, texts, or random numbers where
 * there is no data.
 */
@NullMarked
package io.distillstream.quantization.data.source;

import org.jspecify.annotations.NullMarked;
