package io.distillstream.trainer.prune;

/** One matrix under training, as pruning sees it. Values count row by row. */
public interface PrunableMatrix {

  /** Of the parameter. */
  String name();

  /** Number of values. */
  int size();

  float weight(int index);

  /** Makes a weight 0, and Adam forget it. */
  void clear(int index);
}
