@NullMarked
package io.distillstream.trainer.settings;

import org.jspecify.annotations.NullMarked;
