/** The gateway with many devices that listen. */
@NullMarked
package io.distillstream.benchmarks.gateway;

import org.jspecify.annotations.NullMarked;
