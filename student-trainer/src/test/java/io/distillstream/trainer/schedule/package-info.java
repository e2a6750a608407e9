@NullMarked
package io.distillstream.trainer.schedule;

import org.jspecify.annotations.NullMarked;
