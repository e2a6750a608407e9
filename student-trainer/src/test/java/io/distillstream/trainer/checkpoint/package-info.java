@NullMarked
package io.distillstream.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
