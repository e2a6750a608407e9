@NullMarked
package io.distillstream.trainer.start;

import org.jspecify.annotations.NullMarked;
