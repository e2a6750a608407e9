package io.distillstream.trainer.memory;

/** Which examples stay where a memory has no room for all. */
public enum MemoryPolicy {
  /**
   * A uniform sample of everything offered: Vitter, <a
   * href="https://doi.org/10.1145/3147.3165">Random Sampling with a Reservoir</a>, 1985.
   */
  RESERVOIR,
  /**
   * As many of each label as there is room for, the label being the teacher's answer, and of each a
   * uniform sample: rare labels stay whole. Chrysakis, Moens, <a
   * href="https://proceedings.mlr.press/v119/chrysakis20a.html">Online Continual Learning from
   * Imbalanced Data</a>, ICML 2020.
   */
  CLASS_BALANCED,
  /**
   * A sample in which an example counts half as much after every half-life: Aggarwal, <a
   * href="https://dl.acm.org/doi/10.5555/1182635.1164180">On Biased Reservoir Sampling in the
   * Presence of Stream Evolution</a>, VLDB 2006.
   */
  RECENCY_WEIGHTED,
  /**
   * Half of the room in equal parts for all labels, so that each can be judged, the other half by
   * their shares of the traffic; of each label a sample in which an example counts half as much
   * after every half-life. What is known of labels is put together by their shares: stratified
   * sampling, Cochran, <i>Sampling Techniques</i>, 1977, chapter 5.
   */
  STRATIFIED;

  /** Whether labels have room of their own. */
  boolean isByLabel() {
    return this == CLASS_BALANCED || this == STRATIFIED;
  }

  /** Whether old examples fade. */
  boolean isRecent() {
    return this == RECENCY_WEIGHTED || this == STRATIFIED;
  }
}
