@NullMarked
package io.distillstream.trainer.prune.units;

import org.jspecify.annotations.NullMarked;
