package io.distillstream.local.feed.order;

import io.distillstream.foundation.Sha256;
import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Passes on all texts but a share, which is written to a file instead.
 *
 * <p>A hash of seed and text chooses, not the place in the file: equal texts are held out together,
 * in every pass, so that none of them is both sent and tested on. Texts are written once, in their
 * first pass.
 */
final class HoldOut implements Iterator<LabelledText>, AutoCloseable {

  private final Passes texts;
  private final double share;
  private final long seed;
  private final LabelledTextFile file;
  private @Nullable LabelledText ahead;
  private long seen;
  private long heldOut;

  /**
   * Between a file of texts and those that are sent.
   *
   * @param texts borrowed
   * @param share of the texts, between 0 and 1
   * @param file transferred
   */
  HoldOut(Passes texts, double share, long seed, LabelledTextFile file) {
    this.texts = texts;
    this.share = share;
    this.seed = seed;
    this.file = file;
  }

  /** Texts of the first pass that were written to the file. */
  long heldOut() {
    return heldOut;
  }

  /** The file they are written to. */
  Path path() {
    return file.path();
  }

  /** Texts of the first pass. */
  long seen() {
    return seen;
  }

  @Override
  public boolean hasNext() {
    while (ahead == null && texts.hasNext()) {
      LabelledText text = texts.next();
      boolean holds = holds(text);
      if (texts.pass() == 1) {
        seen++;
        if (holds) {
          file.write(text.text(), text.label());
          heldOut++;
        }
      }
      if (!holds) {
        ahead = text;
      }
    }
    return ahead != null;
  }

  @Override
  public LabelledText next() {
    if (!hasNext() || ahead == null) {
      throw new NoSuchElementException();
    }
    LabelledText text = ahead;
    ahead = null;
    return text;
  }

  private boolean holds(LabelledText text) {
    long hash = Sha256.leadingLong(seed + "/" + text.text().strip());
    // The upper 53 bits as a number from 0 to below 1.
    return (hash >>> 11) * 0x1.0p-53 < share;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
