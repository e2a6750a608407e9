/**
 * Which of the exchanges that are over leave a record: by how often an answer comes, by how sure
 * the model was, and by whether a prompt is nearly the same as a recent one. All of it is decided
 * after the client has its answer.
 */
@NullMarked
package io.distillstream.tap.sample;

import org.jspecify.annotations.NullMarked;
