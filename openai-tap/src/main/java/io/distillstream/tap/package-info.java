/**
 * The tap: a {@linkplain io.distillstream.tap.TapService proxy} before an OpenAI-compatible server.
 * Clients change the address that they call and nothing else; what the model answers, with the
 * probabilities of its tokens, goes to a topic.
 */
@NullMarked
package io.distillstream.tap;

import org.jspecify.annotations.NullMarked;
