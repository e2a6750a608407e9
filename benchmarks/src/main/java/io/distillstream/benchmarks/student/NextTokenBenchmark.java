package io.distillstream.benchmarks.student;

import io.distillstream.local.wordnet.Gloss;
import io.distillstream.local.wordnet.WordNetGlosses;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.student.CausalGraph;
import io.distillstream.trainer.student.StudentSize;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Distillation of a distribution over the next word piece, token by token, into a causal student.
 */
@Command(
    name = "next-token",
    mixinStandardHelpOptions = true,
    description = {
      "Distil a bigram model of WordNet's glosses into a causal student, and tell how far it is",
      "from its teacher on glosses it did not see, beside the frequencies of the pieces alone."
    })
public final class NextTokenBenchmark implements Callable<Integer> {

  @Option(names = "--records", description = "Glosses learned once (default: ${DEFAULT-VALUE}).")
  private int records = 10_000;

  @Option(
      names = "--words",
      description =
          "The most frequent word pieces; the others are one (default: ${DEFAULT-VALUE}).")
  private int words = 1_000;

  @Option(names = "--size", description = "tiny, small, base, large (default: ${DEFAULT-VALUE}).")
  private StudentSize size = StudentSize.TINY;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  NextTokenBenchmark() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    WordNetGlosses glosses = WordNetGlosses.load();
    NextToken.Texts texts =
        NextToken.Texts.of(
            words, texts(glosses.traffic().subList(0, records)), texts(glosses.heldOut()));
    NextToken result = NextToken.distil(texts, size);
    OnnxModel device = CausalGraph.perToken(result.state().weights(), Map.of());
    out.printf(
        Locale.ROOT,
        "%,d word pieces, %,d parameters, %.2f MB as ONNX; after %,d glosses at %,.0f tokens/s:%n",
        words,
        result.state().spec().size(),
        device.bytes().length / 1e6,
        records,
        result.tokensPerSecond());
    out.printf(
        Locale.ROOT,
        "KL from the teacher per token: student %.3f nats, frequencies alone %.3f nats%n",
        result.student(),
        result.unigram());
    out.flush();
    return 0;
  }

  private static List<String> texts(List<Gloss> glosses) {
    return glosses.stream().map(Gloss::text).toList();
  }
}
