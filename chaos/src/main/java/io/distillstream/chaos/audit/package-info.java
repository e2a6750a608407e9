/** What must hold after the faults, with the evidence where it does not. */
@NullMarked
package io.distillstream.chaos.audit;

import org.jspecify.annotations.NullMarked;
