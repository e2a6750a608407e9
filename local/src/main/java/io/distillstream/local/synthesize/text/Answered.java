package io.distillstream.local.synthesize.text;

import io.distillstream.local.evaluate.answer.Answer;

/** A made-up text and what the teacher says to it. */
public record Answered(String text, Answer answer) {}
