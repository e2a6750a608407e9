@NullMarked
package io.distillstream.trainer;

import org.jspecify.annotations.NullMarked;
