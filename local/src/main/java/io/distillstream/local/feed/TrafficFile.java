package io.distillstream.local.feed;

import io.distillstream.text.LabelledText;
import io.distillstream.text.LabelledTexts;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;

/**
 * The requests that a file of texts holds, one at a time, so that a stream without end may be fed.
 * Owns the file.
 */
public final class TrafficFile implements Iterator<TrafficItem>, AutoCloseable {

  private final LabelledTexts texts;
  private final String idPrefix;
  private long number;

  /**
   * Takes texts for requests.
   *
   * @param texts transferred
   * @param idPrefix ids are made from it and the text's number where the file has none
   */
  TrafficFile(LabelledTexts texts, String idPrefix) {
    this.texts = texts;
    this.idPrefix = idPrefix;
  }

  /** Columns or fields met so far that mean nothing to a request. */
  public Set<String> unused() {
    return texts.unused();
  }

  @Override
  public boolean hasNext() {
    return texts.hasNext();
  }

  @Override
  public TrafficItem next() {
    LabelledText text = texts.next();
    String id = text.requestId().orElse(idPrefix + "-" + number);
    number++;
    return new TrafficItem(id, text.text(), text.label());
  }

  @Override
  public void close() throws IOException {
    texts.close();
  }
}
