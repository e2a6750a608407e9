package io.distillstream.benchmarks.scenario.run;

import io.distillstream.artifacts.incumbent.Comparison;
import io.distillstream.artifacts.incumbent.HeldOut;
import io.distillstream.artifacts.incumbent.HeldOutMemory;
import io.distillstream.artifacts.incumbent.IncumbentGate;
import io.distillstream.artifacts.incumbent.IncumbentSettings;
import io.distillstream.artifacts.incumbent.Looks;
import io.distillstream.artifacts.incumbent.TeacherAnswer;
import io.distillstream.model.LabelSpace;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.state.StudentState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The gate of the quantizer's service on the held-out requests of a stream, as it judges a channel
 * that every candidate is meant for. Borrows the device.
 */
final class IncumbentJudge implements CandidateGate {
  private final IncumbentSettings settings;
  private final IncumbentGate gate;
  private final HeldOutMemory memory;
  private final HeldOutRule rule;
  private final List<Example> stream;
  private final LabelSpace labels;
  private final DeviceStudent device;
  private final Map<String, Example> heldOut = new HashMap<>();
  private int fed;
  private Channel channel;

  /**
   * What devices run, and what the gate remembers of it.
   *
   * @param incumbent as devices have it; empty before they have anything
   * @param looks at candidates for its place
   * @param deficit see {@link Comparison#deficit}
   */
  record Channel(Optional<StudentState> incumbent, Looks looks, double deficit) {
    /** Of devices that have nothing yet. */
    static final Channel EMPTY = new Channel(Optional.empty(), Looks.NONE, 0);
  }

  /**
   * @param rule which records of the stream are held out
   * @param channel as it is before the first candidate
   */
  IncumbentJudge(
      IncumbentSettings settings,
      HeldOutRule rule,
      List<Example> stream,
      LabelSpace labels,
      DeviceStudent device,
      Channel channel) {
    this.settings = settings;
    this.gate = new IncumbentGate(settings);
    this.memory = settings.memory();
    this.rule = rule;
    this.stream = stream;
    this.labels = labels;
    this.device = device;
    this.channel = channel;
  }

  @Override
  public Optional<String> refusal(StudentState candidate, int position) {
    feed(position);
    Optional<StudentState> incumbent = channel.incumbent();
    if (!settings.enabled() || incumbent.isEmpty() || memory.size() < settings.minSamples()) {
      channel = new Channel(Optional.of(candidate), Looks.NONE, 0);
      return Optional.empty();
    }
    List<Example> requests =
        memory.sample().requests().stream()
            .map(request -> Objects.requireNonNull(heldOut.get(request.id())))
            .toList();
    Looks looks = channel.looks().next(heldOut.size(), settings);
    Comparison comparison =
        gate.judge(
            memory,
            device.logits(candidate, requests),
            device.logits(incumbent.get(), requests),
            looks.count(),
            channel.deficit());
    if (comparison.passed()) {
      channel = new Channel(Optional.of(candidate), Looks.NONE, comparison.deficit());
      return Optional.empty();
    }
    channel = new Channel(incumbent, looks, channel.deficit());
    return Optional.of(comparison.reason(labels::label));
  }

  /** The held-out records before {@code position}. */
  private void feed(int position) {
    for (; fed < position; fed++) {
      Example record = stream.get(fed);
      if (rule.holdsOut(record.requestId())) {
        heldOut.put(record.requestId(), record);
        float[] logits = ((DenseTarget) record.target()).logits();
        memory.add(new HeldOut(record.requestId(), "", TeacherAnswer.ofLogits(logits)));
      }
    }
  }

  /** What the next run on this channel continues from. */
  Channel channel() {
    return channel;
  }
}
