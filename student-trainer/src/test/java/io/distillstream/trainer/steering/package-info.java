@NullMarked
package io.distillstream.trainer.steering;

import org.jspecify.annotations.NullMarked;
