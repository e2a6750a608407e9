@NullMarked
package io.distillstream.trainer.export;

import org.jspecify.annotations.NullMarked;
