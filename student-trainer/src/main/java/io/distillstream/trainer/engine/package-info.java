/** One optimization step of online distillation, behind an interface free of the tensor library. */
@NullMarked
package io.distillstream.trainer.engine;

import org.jspecify.annotations.NullMarked;
