package io.distillstream.local.feed.order;

import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTexts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The texts of a file, read once or several times from its beginning. The pipeline trains a request
 * id once, so ids of the file get {@code #2} in the second pass, {@code #3} in the third.
 */
final class Passes implements Iterator<LabelledText>, AutoCloseable {

  private final Supplier<LabelledTexts> opener;
  private final int passes;
  private final Set<String> unused = new HashSet<>();
  private LabelledTexts texts;
  private int pass = 1;

  /**
   * Opens the file for its first pass.
   *
   * @param opener opens the file at its beginning; what it opens is transferred
   */
  Passes(Supplier<LabelledTexts> opener, int passes) {
    this.opener = opener;
    this.passes = passes;
    this.texts = opener.get();
  }

  /** The pass of the text that was read last, counted from 1. */
  int pass() {
    return pass;
  }

  /** Columns or fields met so far that are no part of a text. */
  Set<String> unused() {
    unused.addAll(texts.unused());
    return Set.copyOf(unused);
  }

  @Override
  public boolean hasNext() {
    while (!texts.hasNext()) {
      if (pass == passes) {
        return false;
      }
      unused.addAll(texts.unused());
      try {
        texts.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      texts = opener.get();
      pass++;
    }
    return true;
  }

  @Override
  public LabelledText next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    LabelledText text = texts.next();
    return pass == 1
        ? text
        : new LabelledText(
            text.text(), text.label(), text.requestId().map(id -> id + "#" + pass), text.line());
  }

  @Override
  public void close() throws IOException {
    texts.close();
  }
}
