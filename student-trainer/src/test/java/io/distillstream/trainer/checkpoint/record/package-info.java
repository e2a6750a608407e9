@NullMarked
package io.distillstream.trainer.checkpoint.record;

import org.jspecify.annotations.NullMarked;
