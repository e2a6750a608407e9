/**
 * What the pipeline puts out while faults come and go: committed output, resources, log lines, and
 * when each stage is back.
 */
@NullMarked
package io.distillstream.chaos.watch;

import org.jspecify.annotations.NullMarked;
