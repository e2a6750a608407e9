@NullMarked
package io.distillstream.trainer.student;

import org.jspecify.annotations.NullMarked;
