/**
 * What a student keeps of its stream: examples that later steps are mixed with, and the requests
 * that no step ever learns from.
 */
@NullMarked
package io.distillstream.trainer.memory;

import org.jspecify.annotations.NullMarked;
