@NullMarked
package io.distillstream.chaos.watch;

import org.jspecify.annotations.NullMarked;
