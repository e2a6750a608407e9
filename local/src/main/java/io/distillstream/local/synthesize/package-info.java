/** The command {@code synthesize}: a first student without traffic. */
@NullMarked
package io.distillstream.local.synthesize;

import org.jspecify.annotations.NullMarked;
