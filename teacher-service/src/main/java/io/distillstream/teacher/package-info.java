/**
 * Teachers: models that answer a text with raw logits over a label space. Which kinds there are
 * says {@code io.distillstream.teacher.kind}; how traffic reaches them, {@code
 * io.distillstream.teacher.traffic}.
 */
@NullMarked
package io.distillstream.teacher;

import org.jspecify.annotations.NullMarked;
