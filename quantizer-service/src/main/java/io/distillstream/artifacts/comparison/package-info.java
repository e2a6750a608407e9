/**
 * Brings together what a candidate is compared by: the held-out requests of the log, the artifact
 * that devices run, and how often it was compared before.
 */
@NullMarked
package io.distillstream.artifacts.comparison;

import org.jspecify.annotations.NullMarked;
