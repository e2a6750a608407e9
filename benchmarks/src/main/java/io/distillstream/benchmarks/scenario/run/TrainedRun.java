package io.distillstream.benchmarks.scenario.run;

import io.distillstream.trainer.checkpoint.GoodState;
import java.util.List;

/**
 * What became of a student on a stream.
 *
 * @param candidates its checkpoints, in order
 * @param alarms records of the stream that came before drift was found
 * @param recordsPerSecond fresh ones, without the time for scores and gate
 * @param end the last checkpoint
 * @param channel what devices have in the end, by the gate
 */
public record TrainedRun(
    List<Candidate> candidates,
    List<Long> alarms,
    double recordsPerSecond,
    GoodState end,
    IncumbentJudge.Channel channel) {
  public TrainedRun {
    candidates = List.copyOf(candidates);
    alarms = List.copyOf(alarms);
  }

  /** The same student where nothing is refused. */
  public TrainedRun ungated() {
    return with(candidates.stream().map(Candidate::ungated).toList());
  }

  /** The same with these candidates. */
  public TrainedRun with(List<Candidate> others) {
    return new TrainedRun(others, alarms, recordsPerSecond, end, channel);
  }
}
