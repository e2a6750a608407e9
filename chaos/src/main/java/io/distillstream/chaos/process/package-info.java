/**
 * The stages of a pipeline, each in a process of its own that can be killed and frozen, and the
 * network and disk between them.
 */
@NullMarked
package io.distillstream.chaos.process;

import org.jspecify.annotations.NullMarked;
