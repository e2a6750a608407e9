@NullMarked
package io.distillstream.trainer.loop;

import org.jspecify.annotations.NullMarked;
