package io.distillstream.teacher.classifier;

import io.distillstream.model.TokenBatch;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** An input of a model that reads tokens, all {@code [batch, tokens]}. */
public enum TokenInput {
  /** The tokens. */
  INPUT_IDS {
    @Override
    public long[] of(TokenBatch batch) {
      return batch.ids();
    }
  },
  /** 1 for a token, 0 for padding. */
  ATTENTION_MASK {
    @Override
    public long[] of(TokenBatch batch) {
      return batch.mask();
    }
  },
  /** Which of two texts a token belongs to: 0, since there is one. */
  TOKEN_TYPE_IDS {
    @Override
    public long[] of(TokenBatch batch) {
      return new long[batch.ids().length];
    }
  };

  /** What models call it, such as {@code input_ids}. */
  public String inputName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The input of this name. */
  public static Optional<TokenInput> named(String name) {
    return Arrays.stream(values()).filter(input -> input.inputName().equals(name)).findFirst();
  }

  /** Its values for a batch, row-major; not a copy. */
  public abstract long[] of(TokenBatch batch);
}
