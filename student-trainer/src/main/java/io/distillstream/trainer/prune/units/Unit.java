package io.distillstream.trainer.prune.units;

import io.distillstream.trainer.student.TransformerSpec;

/**
 * What structured pruning takes out whole.
 *
 * @param block it belongs to
 * @param index among those of its kind in the block
 */
record Unit(Kind kind, int block, int index) {

  /** Attention heads and feed-forward neurons. */
  enum Kind {
    HEAD {
      @Override
      String prefix(int block) {
        return "block" + block + ".attention.";
      }

      @Override
      int cost(TransformerSpec spec) {
        // Query, key and value with their biases, and the rows of the output.
        return spec.headWidth() * (3 * (spec.width() + 1) + spec.width());
      }

      @Override
      int count(TransformerSpec spec, int block) {
        return spec.blocks().get(block).heads();
      }
    },
    NEURON {
      @Override
      String prefix(int block) {
        return "block" + block + ".feedforward.";
      }

      @Override
      int cost(TransformerSpec spec) {
        return 2 * spec.width() + 1;
      }

      @Override
      int count(TransformerSpec spec, int block) {
        return spec.blocks().get(block).feedForward();
      }
    };

    /** What the names of its parameters start with. */
    abstract String prefix(int block);

    /** Parameters that go with one. */
    abstract int cost(TransformerSpec spec);

    abstract int count(TransformerSpec spec, int block);
  }
}
