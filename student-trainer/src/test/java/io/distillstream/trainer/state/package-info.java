@NullMarked
package io.distillstream.trainer.state;

import org.jspecify.annotations.NullMarked;
