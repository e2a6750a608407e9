package io.distillstream.local.feed.order;

import io.distillstream.text.LabelledText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The texts that are to be sent, in their order. Owns the files they come from and go to. */
public final class OrderedTexts implements Iterator<LabelledText>, AutoCloseable {

  /**
   * What was held out.
   *
   * @param texts written to the file
   * @param of so many texts
   */
  public record HeldOut(long texts, long of, Path file) {}

  private final Passes file;
  private final @Nullable HoldOut holdOut;
  private final Iterator<LabelledText> texts;

  OrderedTexts(Passes file, @Nullable HoldOut holdOut, Iterator<LabelledText> texts) {
    this.file = file;
    this.holdOut = holdOut;
    this.texts = texts;
  }

  @Override
  public boolean hasNext() {
    return texts.hasNext();
  }

  @Override
  public LabelledText next() {
    return texts.next();
  }

  /** Columns or fields met so far that mean nothing here, one of which may be a name misspelt. */
  public Set<String> unused() {
    return file.unused();
  }

  /** What was held out so far; empty where nothing is to be. */
  public Optional<HeldOut> heldOut() {
    return Optional.ofNullable(holdOut)
        .map(held -> new HeldOut(held.heldOut(), held.seen(), held.path()));
  }

  @Override
  public void close() throws IOException {
    try {
      if (holdOut != null) {
        holdOut.close();
      }
    } finally {
      file.close();
    }
  }
}
