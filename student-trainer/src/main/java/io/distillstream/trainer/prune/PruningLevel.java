package io.distillstream.trainer.prune;

/**
 * How much of a student is pruned.
 *
 * @param sparsity share of the prunable weights that are pruned: of all matrices that have ever
 *     been in a plan's scope; 0 where none has
 * @param unitsRemoved share of the blocks' parameters that left with their heads and neurons
 * @param rowsRemoved share of the word table's rows that left
 * @param parameters that the student has, pruned ones included
 * @param pruned single weights among them
 */
public record PruningLevel(
    double sparsity, double unitsRemoved, double rowsRemoved, long parameters, long pruned) {}
