@NullMarked
package io.distillstream.trainer.parameter;

import org.jspecify.annotations.NullMarked;
