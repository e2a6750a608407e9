/**
 * Files of texts, with or without labels, as people have them: CSV with a header, or JSON objects
 * line by line, in UTF-8. One reader and one writer, so that a file that one command takes is taken
 * by all.
 */
@NullMarked
package io.distillstream.text;

import org.jspecify.annotations.NullMarked;
