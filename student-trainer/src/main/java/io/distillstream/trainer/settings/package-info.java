/** The trainer's keys, and what follows from them. */
@NullMarked
package io.distillstream.trainer.settings;

import org.jspecify.annotations.NullMarked;
