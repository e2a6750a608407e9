@NullMarked
package io.distillstream.trainer.engine.djl;

import org.jspecify.annotations.NullMarked;
