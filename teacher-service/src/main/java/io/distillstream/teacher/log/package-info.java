/** The request log as a second way to a teacher, read as fast as the queue takes it. */
@NullMarked
package io.distillstream.teacher.log;

import org.jspecify.annotations.NullMarked;
