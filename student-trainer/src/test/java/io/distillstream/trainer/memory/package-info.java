@NullMarked
package io.distillstream.trainer.memory;

import org.jspecify.annotations.NullMarked;
