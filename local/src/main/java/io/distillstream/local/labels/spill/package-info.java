/** Keeps what is too much for memory in temporary files. */
@NullMarked
package io.distillstream.local.labels.spill;

import org.jspecify.annotations.NullMarked;
