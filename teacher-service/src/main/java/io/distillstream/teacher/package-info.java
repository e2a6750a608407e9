/**
 * Teachers: models that answer a text with raw logits over a label space. Traffic reaches them from
 * {@code io.distillstream.teacher.traffic}.
 */
@NullMarked
package io.distillstream.teacher;

import org.jspecify.annotations.NullMarked;
