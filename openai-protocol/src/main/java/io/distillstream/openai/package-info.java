/**
 * What every caller of an OpenAI-compatible server has to know: its address, and how it writes the
 * log-probabilities of tokens.
 */
@NullMarked
package io.distillstream.openai;

import org.jspecify.annotations.NullMarked;
