/** How much room there is for what a process writes, and what happens before there is none. */
@NullMarked
package io.distillstream.runtime.disk;

import org.jspecify.annotations.NullMarked;
