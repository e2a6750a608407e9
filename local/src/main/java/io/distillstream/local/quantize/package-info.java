/** The options and the terminal of {@code ./distillstream quantize}. */
@NullMarked
package io.distillstream.local.quantize;

import org.jspecify.annotations.NullMarked;
