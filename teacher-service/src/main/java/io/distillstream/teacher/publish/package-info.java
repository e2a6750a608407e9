/** What a teacher writes to the topics: each window as one transaction, late truth on its own. */
@NullMarked
package io.distillstream.teacher.publish;

import org.jspecify.annotations.NullMarked;
