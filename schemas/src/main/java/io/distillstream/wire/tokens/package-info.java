/**
 * The tokens of a completion, with what else the model might have chosen, in as few bytes as a
 * model of such tables finds. How it codes them is a format: records are kept, so nothing of it
 * changes.
 */
@NullMarked
package io.distillstream.wire.tokens;

import org.jspecify.annotations.NullMarked;
