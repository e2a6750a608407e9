/** What the numbers, names and times of a record must be beyond its schema, one class a message. */
@NullMarked
package io.distillstream.wire.check;

import org.jspecify.annotations.NullMarked;
