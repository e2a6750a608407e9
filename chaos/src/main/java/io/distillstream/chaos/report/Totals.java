package io.distillstream.chaos.report;

/**
 * What went through the pipeline.
 *
 * @param acknowledged requests
 * @param repeatedCalls calls that the teacher refused or did not answer, and that were sent again
 * @param checkpoints committed
 * @param updates published
 * @param undecodable records planted that must become dead letters
 * @param deadLetters on their topic
 */
public record Totals(
    long acknowledged,
    long repeatedCalls,
    long trained,
    long heldOut,
    long checkpoints,
    long updates,
    long undecodable,
    long deadLetters,
    long deviceAnswers) {}
