/**
 * The training loop: scores each batch, learns it, watches for divergence and drift, hands
 * checkpoints over.
 */
@NullMarked
package io.distillstream.trainer.loop;

import org.jspecify.annotations.NullMarked;
