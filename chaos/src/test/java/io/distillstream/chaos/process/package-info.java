@NullMarked
package io.distillstream.chaos.process;

import org.jspecify.annotations.NullMarked;
