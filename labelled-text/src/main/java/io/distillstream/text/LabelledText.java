package io.distillstream.text;

import java.util.Optional;

/**
 * A text from a file.
 *
 * @param text as it stands in the file, never blank
 * @param label without white space around it, never blank
 * @param requestId never blank
 * @param line where it begins, counted from 1
 */
public record LabelledText(
    String text, Optional<String> label, Optional<String> requestId, long line) {}
