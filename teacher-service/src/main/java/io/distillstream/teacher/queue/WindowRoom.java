package io.distillstream.teacher.queue;

/** What still fits into a window: one text in any case, then as many as it is worth. */
final class WindowRoom {

  private final int texts;
  private final long cost;
  private int textsLeft;
  private long costLeft;

  /**
   * @param texts how many fit
   * @param cost what they may cost together
   */
  WindowRoom(int texts, long cost) {
    this.texts = texts;
    this.cost = cost;
    this.textsLeft = texts;
    this.costLeft = cost;
  }

  /** Takes a text in, if it fits. */
  boolean take(int textCost) {
    if (textsLeft == 0 || (textCost > costLeft && textsLeft < texts)) {
      return false;
    }
    textsLeft--;
    costLeft -= textCost;
    return true;
  }

  /** What part of an empty window a text takes, by number or by cost, whichever is more. */
  double part(int textCost) {
    return Math.max(1.0 / texts, (double) textCost / cost);
  }
}
