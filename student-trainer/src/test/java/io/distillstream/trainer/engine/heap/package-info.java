@NullMarked
package io.distillstream.trainer.engine.heap;

import org.jspecify.annotations.NullMarked;
