/**
 * How much each of several teachers counts in what a student learns: as the settings say, by its
 * confidence, or by how often the truth has proved it right.
 */
@NullMarked
package io.distillstream.joiner.weight;

import org.jspecify.annotations.NullMarked;
