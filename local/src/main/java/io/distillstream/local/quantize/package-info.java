/** The command {@code quantize}: its options, its progress and its outcome on the terminal. */
@NullMarked
package io.distillstream.local.quantize;

import org.jspecify.annotations.NullMarked;
