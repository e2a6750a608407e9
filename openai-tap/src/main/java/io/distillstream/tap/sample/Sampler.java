package io.distillstream.tap.sample;

import io.distillstream.avro.Completion;
import io.distillstream.avro.TokenTable;
import io.distillstream.avro.TokensUnusable;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.wire.opinion.TokenEntropy;
import io.distillstream.wire.payload.TokenTableCodec;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Decides whether an exchange that is over leaves a record, as a whole: a prompt that is nearly the
 * same as one that was recorded leaves none; of the others, those with a frequent label and those
 * that the model was sure of are drawn, each at its rate. Of several choices the rarest label and
 * the least sure answer count. Used by one thread.
 */
public final class Sampler {

  private static final String STOP = "stop";

  private final SamplingSettings settings;
  private final Consumer<Unrecorded> thinned;
  private final RandomGenerator random;
  private final LabelRates labels;
  private final MinHash minHash = new MinHash();
  private final Optional<NearDuplicates> prompts;

  /**
   * Makes room for what it is to remember.
   *
   * @param thinned told of each exchange of which only a share leaves a record for this reason
   */
  public Sampler(SamplingSettings settings, Consumer<Unrecorded> thinned, RandomGenerator random) {
    this.settings = settings;
    this.thinned = thinned;
    this.random = random;
    this.labels = new LabelRates(settings.labels().share());
    SamplingSettings.NearDuplicate near = settings.nearDuplicate();
    this.prompts =
        near.suppressed()
            ? Optional.of(new NearDuplicates(near.similarity(), near.window(), near.prompts()))
            : Optional.empty();
  }

  /**
   * Why an exchange leaves no record; empty if it is to leave one.
   *
   * @param choices of its answer, at least one
   */
  public Optional<Unrecorded> omission(List<Completion> choices) {
    Optional<PromptSketch> prompt = prompts.map(recent -> PromptSketch.of(choices.get(0), minHash));
    if (prompts.isPresent() && prompts.get().has(prompt.orElseThrow())) {
      return Optional.of(Unrecorded.NEAR_DUPLICATE);
    }
    if (settings.labels().thinned() && isOmitted(labelRate(choices), Unrecorded.FREQUENT_LABEL)) {
      return Optional.of(Unrecorded.FREQUENT_LABEL);
    }
    if (settings.certainty().thinned()
        && isSure(choices)
        && isOmitted(settings.certainty().rate(), Unrecorded.SURE)) {
      return Optional.of(Unrecorded.SURE);
    }
    if (choices.stream().noneMatch(Sampler::mayComeBetter)) {
      prompts.ifPresent(recent -> recent.add(prompt.orElseThrow()));
    }
    return Optional.empty();
  }

  /** Whether the same prompt, asked again, is likely to get an answer of more use. */
  private static boolean mayComeBetter(Completion choice) {
    TokensUnusable why = choice.getTokensUnusable();
    return why == TokensUnusable.CUT_SHORT || why == TokensUnusable.NOT_ASKED;
  }

  private boolean isOmitted(double rate, Unrecorded reason) {
    if (rate >= 1) {
      return false;
    }
    thinned.accept(reason);
    return random.nextDouble() >= rate;
  }

  /** Of an answer that is no label it is 1. */
  private double labelRate(List<Completion> choices) {
    double rate = 0;
    for (Completion choice : choices) {
      rate = Math.max(rate, isLabel(choice) ? labels.count(choice.getText()) : 1);
    }
    return rate;
  }

  private boolean isLabel(Completion choice) {
    String text = choice.getText();
    return STOP.equals(choice.getFinishReason())
        && !text.isBlank()
        && text.codePointCount(0, text.length()) <= settings.labels().characters();
  }

  private boolean isSure(List<Completion> choices) {
    return choices.stream().allMatch(this::isSure);
  }

  private boolean isSure(Completion choice) {
    TokenTable table = choice.getTokens();
    return table != null
        && TokenEntropy.mean(TokenTableCodec.decode(table)) < settings.certainty().entropy();
  }
}
