/**
 * WordNet's noun glosses, read from the class path: the human-labelled text of the demonstration.
 */
@NullMarked
package io.distillstream.local.wordnet;

import org.jspecify.annotations.NullMarked;
