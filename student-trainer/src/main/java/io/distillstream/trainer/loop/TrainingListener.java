package io.distillstream.trainer.loop;

import io.distillstream.trainer.batch.PairedScore;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.checkpoint.TrainingEvent;
import io.distillstream.trainer.engine.StepResult;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.prune.PruningLevel;
import io.distillstream.trainer.schedule.StepSettings;
import java.util.List;

/** Hears what the training thread does, on that thread. */
public interface TrainingListener {

  /** Hears nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /** Training continues from here: a fresh start, a restart, or a roll-back. */
  default void resumed(Lineage lineage) {}

  default void trained(int records, StepResult result, StepSettings settings) {}

  /** So many were learned with a truth that came late. */
  default void corrected(int examples) {}

  /** So many remembered examples were learned again, beside the batch and in steps of their own. */
  default void replayed(int examples) {}

  /** The average was scored on records that were just trained, before they were. */
  default void averageScored(PairedScore score) {}

  default void refused(int records) {}

  /** These are not learned but kept to score the student on. */
  default void heldOut(List<Example> examples) {}

  /** So many hard examples were beyond their share and are not trained. */
  default void leftOut(int records) {}

  /** So many are not trained, since their teachers agree on them. */
  default void agreed(int records) {}

  /** The checkpoint is committed. */
  default void published(Lineage lineage) {}

  /** After this, and before it counts: it is committed with the next checkpoint. */
  default void happened(TrainingEvent event) {}

  /** How much of the student is pruned from here on. */
  default void level(PruningLevel level) {}
}
