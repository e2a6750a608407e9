package io.distillstream.trainer.student;

import java.util.Locale;

/** The families of students, each a kind of network. */
public enum StudentFamily {
  /** {@link TransformerSpec}. */
  TRANSFORMER("a transformer with linear attention") {
    @Override
    TransformerSpec read(SpecHeader header) {
      return TransformerSpec.read(header);
    }

    @Override
    public TransformerSpec spec(
        StudentShape shape, int vocabularySize, int classes, int maxTokens) {
      return TransformerSpec.of(shape, vocabularySize, classes, maxTokens);
    }
  },
  /** {@link NgramSpec}. */
  NGRAM(
      "a bag of n-grams (word pieces and hashed pairs), which is many times faster and a little"
          + " less exact") {
    @Override
    NgramSpec read(SpecHeader header) {
      return NgramSpec.read(header);
    }

    @Override
    public NgramSpec spec(StudentShape shape, int vocabularySize, int classes, int maxTokens) {
      return new NgramSpec(vocabularySize, shape.width(), shape.buckets(), classes, maxTokens);
    }
  },
  /** {@link CausalTransformerSpec}. */
  CAUSAL("a transformer that says the next word piece at every token") {
    @Override
    CausalTransformerSpec read(SpecHeader header) {
      return CausalTransformerSpec.read(header);
    }

    @Override
    public boolean classifiesTexts() {
      return false;
    }

    /** Its classes are the word pieces, whatever the label space. */
    @Override
    public CausalTransformerSpec spec(
        StudentShape shape, int vocabularySize, int classes, int maxTokens) {
      return CausalTransformerSpec.of(shape, vocabularySize, maxTokens);
    }
  };

  private final String description;

  StudentFamily(String description) {
    this.description = description;
  }

  /**
   * The family that a state's header names; a header that names none is of a transformer.
   *
   * @throws IllegalArgumentException if there is no such family
   */
  static StudentFamily of(SpecHeader header) {
    String name = header.family().orElseGet(TRANSFORMER::lowerCase);
    for (StudentFamily family : values()) {
      if (family.lowerCase().equals(name)) {
        return family;
      }
    }
    throw new IllegalArgumentException("state header has " + SpecHeader.FAMILY + " " + name);
  }

  /** What this family is, as part of a sentence. */
  public String description() {
    return description;
  }

  /** Whether such a student has one row of logits per text, over the classes of a label space. */
  public boolean classifiesTexts() {
    return true;
  }

  /** The student of this family whose {@link StudentSpec#header()} this is. */
  abstract StudentSpec read(SpecHeader header);

  /** The student of this family that has these extents. */
  public abstract StudentSpec spec(
      StudentShape shape, int vocabularySize, int classes, int maxTokens);

  /** As headers name it. */
  public String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }
}
