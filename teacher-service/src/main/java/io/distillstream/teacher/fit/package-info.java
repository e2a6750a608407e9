/** Fits a classifier head on anyone's labelled text: read, encode, train, write with provenance. */
@NullMarked
package io.distillstream.teacher.fit;

import org.jspecify.annotations.NullMarked;
