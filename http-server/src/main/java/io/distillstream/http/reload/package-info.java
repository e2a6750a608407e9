/** Files that may change while a server runs. */
@NullMarked
package io.distillstream.http.reload;

import org.jspecify.annotations.NullMarked;
