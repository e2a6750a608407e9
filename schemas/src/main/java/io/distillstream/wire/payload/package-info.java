/**
 * The packed values inside records: logits dense, of the largest classes, or sampled; embeddings;
 * histograms of event times. Little-endian, binary16 or binary32.
 */
@NullMarked
package io.distillstream.wire.payload;

import org.jspecify.annotations.NullMarked;
