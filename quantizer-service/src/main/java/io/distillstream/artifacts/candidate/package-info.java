/**
 * From the manifest of a checkpoint to a candidate: fetched, quantized, judged on recent traffic
 * and given the probes by which devices check it. What becomes of it is decided elsewhere.
 */
@NullMarked
package io.distillstream.artifacts.candidate;

import org.jspecify.annotations.NullMarked;
