/** Reading a stretch of a topic once, from given offsets up to ends that are known beforehand. */
@NullMarked
package io.distillstream.wire.scan;

import org.jspecify.annotations.NullMarked;
