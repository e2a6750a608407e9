/**
 * Texts on their way through a teacher: callers' and the request log's wait in one bounded queue,
 * leave it in windows, and are answered in batches of similar size. Callers may ask for an answer
 * that leaves no record; it waits for the model alone.
 */
@NullMarked
package io.distillstream.teacher.queue;

import org.jspecify.annotations.NullMarked;
