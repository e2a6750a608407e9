package io.distillstream.teacher.encoder;

import io.distillstream.model.ModelLocation;

/**
 * Which encoder to load and how to run it.
 *
 * @param model an ONNX text encoder: int64 {@code input_ids} and {@code attention_mask}, optionally
 *     {@code token_type_ids}, all {@code [batch, tokens]}; its first output is float32 {@code
 *     [batch, tokens, width]}
 * @param tokenizer its {@code tokenizer.json}, uncased word pieces
 * @param maxTokens the most tokens of one text that are read, 8 to 512
 * @param threads computation threads of one call, 1 to 256
 */
public record EncoderSettings(
    ModelLocation model, ModelLocation tokenizer, int maxTokens, int threads) {

  /** Short texts: glosses have 17.5 tokens on average. */
  public static final int DEFAULT_MAX_TOKENS = 64;

  public EncoderSettings {
    if (maxTokens < 8 || maxTokens > 512) {
      throw new IllegalArgumentException("Expected 8 to 512 tokens, got " + maxTokens);
    }
    if (threads < 1 || threads > 256) {
      throw new IllegalArgumentException("Expected 1 to 256 threads, got " + threads);
    }
  }

  /** all-MiniLM-L6-v2 from the class path, on all processors. */
  public static EncoderSettings miniLm() {
    return new EncoderSettings(
        new ModelLocation("classpath:/all-minilm-l6-v2.onnx"),
        new ModelLocation("classpath:/all-minilm-l6-v2-tokenizer.json"),
        DEFAULT_MAX_TOKENS,
        Runtime.getRuntime().availableProcessors());
  }

  public EncoderSettings withThreads(int newThreads) {
    return new EncoderSettings(model, tokenizer, maxTokens, newThreads);
  }

  public EncoderSettings withMaxTokens(int newMaxTokens) {
    return new EncoderSettings(model, tokenizer, newMaxTokens, threads);
  }
}
