@NullMarked
package io.distillstream.trainer.loss;

import org.jspecify.annotations.NullMarked;
