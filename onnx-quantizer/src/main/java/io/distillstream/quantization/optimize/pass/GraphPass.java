package io.distillstream.quantization.optimize.pass;

/** One kind of simplification. It keeps what the graph computes, to the rounding of floats. */
public interface GraphPass {
  /** What reports call it. */
  String name();

  /** Applies it wherever it fits and answers how often it did. */
  int apply(WorkingGraph graph);
}
