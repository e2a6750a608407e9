package io.distillstream.local.feed;

import io.distillstream.text.LabelledText;
import java.util.Iterator;

/**
 * Texts as the requests that they are sent as, one at a time, so that a stream without end may be
 * fed.
 */
final class TrafficItems implements Iterator<TrafficItem> {

  private final Iterator<LabelledText> texts;
  private final String idPrefix;
  private long number;

  /**
   * Takes texts for requests.
   *
   * @param texts borrowed
   * @param idPrefix ids are made from it and the text's number where the file has none
   */
  TrafficItems(Iterator<LabelledText> texts, String idPrefix) {
    this.texts = texts;
    this.idPrefix = idPrefix;
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
}
