/**
 * Is a candidate as good as what devices run? Held-out requests are remembered by label and time,
 * candidate and incumbent answer the same ones, and a test by betting says whether the candidate
 * may lose more than a margin. Knows nothing of Kafka or of engines: it gets requests, teachers'
 * answers and logits.
 */
@NullMarked
package io.distillstream.artifacts.incumbent;

import org.jspecify.annotations.NullMarked;
