package io.distillstream.teacher.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.wire.payload.ScoredToken;
import io.distillstream.wire.payload.ScoredToken.Alternative;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a model's probability is shared out among the labels, other answers, and what it was not
 * asked to tell.
 *
 * <p>Each alternative to the first token goes to the one label of whose words it is the beginning,
 * or to the other answers. One that may begin the words of several labels, or says nothing yet, is
 * looked at again with the next token where the model itself took it. Where it did not, it goes to
 * the label whose whole word it is, or else is shared among these labels by what else they have,
 * evenly if that is nothing.
 *
 * @param labels probability of each label, {@code [classes]}; 0 where no alternative is of it
 * @param others probability of alternatives that are of no label
 * @param untold probability of all tokens that are no alternatives
 * @param least of the least probable alternatives to each token the most probable one's
 *     probability: no answer that is none of the alternatives has more
 */
@SuppressWarnings("ArrayRecordComponent")
record LabelMasses(double[] labels, double others, double untold, double least) {

  /** Of all labels together. */
  double sum() {
    double sum = 0;
    for (double mass : labels) {
      sum += mass;
    }
    return sum;
  }

  static LabelMasses of(List<ScoredToken> answer, Verbalizer verbalizer) {
    return new Walk(verbalizer).along(answer);
  }

  /** Along the tokens that the model took, as long as they name several labels or none. */
  private static final class Walk {

    private record Shared(Set<Integer> labels, double mass) {}

    private final Verbalizer verbalizer;
    private final double[] masses;
    private final List<Shared> shared = new ArrayList<>();
    private double others;
    private double untold;
    private double least;

    /** Of the tokens so far. */
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private double reached = 1;

    Walk(Verbalizer verbalizer) {
      this.verbalizer = verbalizer;
      this.masses = new double[verbalizer.labels().size()];
    }

    LabelMasses along(List<ScoredToken> answer) {
      boolean open = true;
      for (int i = 0; i < answer.size() && open; i++) {
        open = step(answer.get(i), i + 1 < answer.size());
      }
      for (Shared part : shared) {
        share(part);
      }
      return new LabelMasses(masses, others, untold, least);
    }

    /** Returns whether the next token has to be looked at. */
    private boolean step(ScoredToken taken, boolean more) {
      boolean open = false;
      double told = 0;
      double openMass = 0;
      double leastHere = reached;
      for (Alternative alternative : alternatives(taken)) {
        double mass = reached * Math.exp(alternative.logProbability());
        told += mass;
        leastHere = Math.min(leastHere, mass);
        if (!alternative.token().hasRemaining()) {
          end(mass);
          continue;
        }
        String text = text(alternative.token());
        Set<Integer> candidates = verbalizer.candidates(text);
        boolean blank = verbalizer.isOpen(text);
        if (more && alternative.token().equals(taken.token()) && (blank || candidates.size() > 1)) {
          open = true;
          openMass = mass;
        } else if (blank || candidates.isEmpty()) {
          others += mass;
        } else if (candidates.size() == 1) {
          masses[candidates.iterator().next()] += mass;
        } else {
          beginning(text, candidates, mass);
        }
      }
      least = Math.max(least, leastHere);
      untold += Math.max(0, reached - told);
      said.writeBytes(bytes(taken.token()));
      reached = openMass;
      return open;
    }

    /** What may begin several labels' words, and may be one of them already. */
    private void beginning(String text, Set<Integer> candidates, double mass) {
      OptionalInt whole = verbalizer.named(text);
      if (whole.isPresent()) {
        masses[whole.getAsInt()] += mass;
      } else {
        shared.add(new Shared(candidates, mass));
      }
    }

    /** The token that was taken may not be among those most likely. */
    private static List<Alternative> alternatives(ScoredToken taken) {
      List<Alternative> all = new ArrayList<>(taken.alternatives());
      if (all.stream().noneMatch(alternative -> alternative.token().equals(taken.token()))) {
        all.add(new Alternative(taken.token(), taken.logProbability()));
      }
      return all;
    }

    /** The answer may end here. */
    private void end(double mass) {
      OptionalInt named = verbalizer.named(said.toString(UTF_8));
      if (named.isPresent()) {
        masses[named.getAsInt()] += mass;
      } else {
        others += mass;
      }
    }

    private String text(ByteBuffer token) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes(said.toByteArray());
      bytes.writeBytes(bytes(token));
      return wholeCharacters(bytes.toByteArray());
    }

    private void share(Shared part) {
      double there = part.labels().stream().mapToDouble(label -> masses[label]).sum();
      for (int label : part.labels()) {
        masses[label] +=
            part.mass() * (there > 0 ? masses[label] / there : 1.0 / part.labels().size());
      }
    }
  }

  private static byte[] bytes(ByteBuffer token) {
    byte[] bytes = new byte[token.remaining()];
    token.duplicate().get(bytes);
    return bytes;
  }

  /** A token may end within a character. */
  private static String wholeCharacters(byte[] utf8) {
    CharsetDecoder decoder = UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
    CharBuffer characters = CharBuffer.allocate(utf8.length);
    decoder.decode(ByteBuffer.wrap(utf8), characters, false);
    return characters.flip().toString();
  }
}
