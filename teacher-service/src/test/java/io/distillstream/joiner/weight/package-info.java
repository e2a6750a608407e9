@NullMarked
package io.distillstream.joiner.weight;

import org.jspecify.annotations.NullMarked;
