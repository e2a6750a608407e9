/** A student that learns one batch at a time, behind an interface free of the tensor library. */
@NullMarked
package io.distillstream.trainer.engine;

import org.jspecify.annotations.NullMarked;
