/** Samples in text files, CSV and JSON Lines, and texts for a model that reads token ids. */
@NullMarked
package io.distillstream.quantization.data.text;

import org.jspecify.annotations.NullMarked;
