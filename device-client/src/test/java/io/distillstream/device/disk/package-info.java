/** A file system that shows what power loss may leave of a folder. */
@NullMarked
package io.distillstream.device.disk;

import org.jspecify.annotations.NullMarked;
