/**
 * Calls of an OpenAI-compatible server that is away now and then, limits its callers and costs
 * money: time-outs, retries, a circuit breaker and a budget.
 */
@NullMarked
package io.distillstream.teacher.openai.call;

import org.jspecify.annotations.NullMarked;
