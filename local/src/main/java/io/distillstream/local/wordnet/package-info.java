/**
 * WordNet's noun glosses, read from the class path: the human-labelled text of the demonstration,
 * and the command {@code glosses} that writes them to a file.
 */
@NullMarked
package io.distillstream.local.wordnet;

import org.jspecify.annotations.NullMarked;
