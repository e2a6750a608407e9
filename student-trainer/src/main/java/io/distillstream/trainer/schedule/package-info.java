/** What each step is taken with, as records go by. */
@NullMarked
package io.distillstream.trainer.schedule;

import org.jspecify.annotations.NullMarked;
