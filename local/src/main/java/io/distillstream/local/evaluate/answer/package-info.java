/**
 * Who answers when texts are scored: a running teacher, the newest student, the artifact of a
 * channel; and what they answer.
 */
@NullMarked
package io.distillstream.local.evaluate.answer;

import org.jspecify.annotations.NullMarked;
