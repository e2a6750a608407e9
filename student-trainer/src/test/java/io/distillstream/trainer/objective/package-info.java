@NullMarked
package io.distillstream.trainer.objective;

import org.jspecify.annotations.NullMarked;
