package io.distillstream.teacher.openai.call;

/**
 * What a call is paid for.
 *
 * @param promptTokens of the question, guessed where the server does not tell
 * @param completionTokens of the answer, likewise
 */
public record TokenUsage(long promptTokens, long completionTokens) {}
