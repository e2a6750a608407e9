package io.distillstream.teacher.fit;

/** A text and the name of its class. */
record LabelledExample(String text, String label) {}
