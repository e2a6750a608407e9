@NullMarked
package io.distillstream.trainer.augment;

import org.jspecify.annotations.NullMarked;
