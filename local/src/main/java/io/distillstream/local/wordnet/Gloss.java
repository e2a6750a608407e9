package io.distillstream.local.wordnet;

/** A text and what a human called it. */
public record Gloss(String text, String label) {}
