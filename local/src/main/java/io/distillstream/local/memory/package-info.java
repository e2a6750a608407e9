/** How much memory the services of a process take, and whether it is there. */
@NullMarked
package io.distillstream.local.memory;

import org.jspecify.annotations.NullMarked;
