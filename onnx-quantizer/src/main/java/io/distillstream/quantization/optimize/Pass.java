package io.distillstream.quantization.optimize;

/** One kind of simplification. It keeps what the graph computes, to the rounding of floats. */
interface Pass {
  /** What reports call it. */
  String name();

  /** Applies it wherever it fits and answers how often it did. */
  int apply(WorkingGraph graph);
}
