package io.distillstream.teacher.classifier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Small tokenizers of kinds that word pieces are not, in the format of real ones. */
class HuggingFaceTokensTest {

  private static final String BPE =
      """
      {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
       "added_tokens": [{"id": 5, "content": "<pad>", "single_word": false, "lstrip": false,
         "rstrip": false, "normalized": false, "special": true}],
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
       "post_processor": null,
       "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
       "model": {"type": "BPE", "unk_token": null, "vocab": {"l": 0, "o": 1, "w": 2, "lo": 3,
         "low": 4, "<pad>": 5, "Ġ": 6}, "merges": ["l o", "lo w"]}}
      """;

  private static final String UNIGRAM =
      """
      {"version": "1.0", "truncation": null,
       "padding": {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": null,
         "pad_id": 1, "pad_type_id": 0, "pad_token": "<pad>"},
       "added_tokens": [], "normalizer": null,
       "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always",
         "split": true},
       "post_processor": null, "decoder": null,
       "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["<pad>", 0.0],
         ["▁low", -1.0], ["▁", -2.0], ["er", -1.5], ["l", -3.0], ["ow", -3.0]]}}
      """;

  @Test
  void shouldMergeBytePairs() {
    try (HuggingFaceTokens tokens = HuggingFaceTokens.read("bpe", BPE.getBytes(UTF_8), 4)) {
      assertThat(tokens.encode("low lo")).containsExactly(4, 6, 3);
      assertThat(tokens.encode("low low low")).containsExactly(4, 6, 4, 6);
      assertThat(tokens.paddingId()).isEqualTo(5);
      assertThat(tokens.encode("")).containsExactly(5);
    }
  }

  @Test
  void shouldChooseTheLikeliestUnigrams() {
    try (HuggingFaceTokens tokens = HuggingFaceTokens.read("u", UNIGRAM.getBytes(UTF_8), 64)) {
      assertThat(tokens.encode("lower low")).containsExactly(2, 4, 2);
      assertThat(tokens.paddingId()).isEqualTo(1);
    }
  }
}
