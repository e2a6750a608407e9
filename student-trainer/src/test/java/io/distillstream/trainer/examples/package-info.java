@NullMarked
package io.distillstream.trainer.examples;

import org.jspecify.annotations.NullMarked;
