/** Reads what language models answered behind the tap. */
@NullMarked
package io.distillstream.local.completions;

import org.jspecify.annotations.NullMarked;
