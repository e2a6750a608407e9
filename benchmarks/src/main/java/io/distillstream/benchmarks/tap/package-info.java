/** What a tap costs its clients and the processor, before a scripted server. */
@NullMarked
package io.distillstream.benchmarks.tap;

import org.jspecify.annotations.NullMarked;
