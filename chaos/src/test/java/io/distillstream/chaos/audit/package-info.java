@NullMarked
package io.distillstream.chaos.audit;

import org.jspecify.annotations.NullMarked;
