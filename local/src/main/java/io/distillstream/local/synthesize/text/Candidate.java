package io.distillstream.local.synthesize.text;

import io.distillstream.local.evaluate.answer.Answer;
import java.util.Optional;

/**
 * A made-up text that may be sent.
 *
 * @param number of the text in its run, from 0
 * @param teacher what the teacher says to it; empty where it was not asked
 */
public record Candidate(long number, String text, Optional<Answer> teacher) {}
