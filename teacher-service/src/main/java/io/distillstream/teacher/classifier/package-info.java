/**
 * Classifiers of texts as they come from elsewhere: tokenizer, labels and a {@link
 * io.distillstream.teacher.classifier.ScoreModel}, whatever runs it.
 */
@NullMarked
package io.distillstream.teacher.classifier;

import org.jspecify.annotations.NullMarked;
