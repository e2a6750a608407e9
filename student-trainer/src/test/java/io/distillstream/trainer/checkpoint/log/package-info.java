@NullMarked
package io.distillstream.trainer.checkpoint.log;

import org.jspecify.annotations.NullMarked;
