package io.distillstream.teacher.queue;

/** What still fits into a part of a window: one text in any case, then as many as it is worth. */
final class WindowRoom {

  private int texts;
  private long cost;
  private boolean empty = true;

  /**
   * @param texts how many fit
   * @param cost what they may cost together
   */
  WindowRoom(int texts, long cost) {
    this.texts = texts;
    this.cost = cost;
  }

  /** Takes a text in, if it fits. */
  boolean take(int textCost) {
    if (texts == 0 || (textCost > cost && !empty)) {
      return false;
    }
    texts--;
    cost -= textCost;
    empty = false;
    return true;
  }

  /** What is left of this part together with the next one. */
  WindowRoom rest(int moreTexts, long moreCost) {
    return new WindowRoom(texts + moreTexts, cost + moreCost);
  }
}
