package io.distillstream.wire.tokens;

/**
 * What the parts of a table of tokens take, in bytes.
 *
 * @param dictionary texts of tokens
 * @param mentions which tokens are mentioned where
 * @param logProbabilities those of alternatives, and of all other tokens
 */
public record TokenShares(double dictionary, double mentions, double logProbabilities) {}
