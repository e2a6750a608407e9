/** The teacher over HTTP: what callers send, checked, and what they are answered. */
@NullMarked
package io.distillstream.teacher.http;

import org.jspecify.annotations.NullMarked;
