/** Training examples: fetched from the log, decoded and tokenized ahead of training. */
@NullMarked
package io.distillstream.trainer.examples;

import org.jspecify.annotations.NullMarked;
