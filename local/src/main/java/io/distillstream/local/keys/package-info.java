/** The command {@code keys}: who may sign what, from an operator's point of view. */
@NullMarked
package io.distillstream.local.keys;

import org.jspecify.annotations.NullMarked;
