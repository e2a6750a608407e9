/** What one step learns, and how its rows were answered. */
@NullMarked
package io.distillstream.trainer.batch;

import org.jspecify.annotations.NullMarked;
