/** Devices that others wrote, or that run elsewhere than on a JVM. */
@NullMarked
package io.distillstream.acceptance.device;

import org.jspecify.annotations.NullMarked;
