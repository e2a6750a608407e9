@NullMarked
package io.distillstream.trainer.batch;

import org.jspecify.annotations.NullMarked;
