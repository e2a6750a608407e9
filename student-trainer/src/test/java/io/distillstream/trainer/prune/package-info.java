@NullMarked
package io.distillstream.trainer.prune;

import org.jspecify.annotations.NullMarked;
