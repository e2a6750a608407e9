package io.distillstream.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** An uncased BERT tokenizer in the form of Hugging Face's {@code tokenizer.json}. */
final class TokenizerJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> vocabulary;
  private final ObjectNode root = JSON.createObjectNode();

  private TokenizerJson(List<String> vocabulary) {
    this.vocabulary = vocabulary;
  }

  static void write(WordPieceTokenizer tokenizer, OutputStream out) throws IOException {
    JSON.writeValue(out, new TokenizerJson(tokenizer.vocabulary()).build());
  }

  private ObjectNode build() {
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    addedTokens(root.putArray("added_tokens"));
    root.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .put("lowercase", true)
        .putNull("strip_accents");
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    postProcessor(root.putObject("post_processor"));
    root.putObject("decoder")
        .put("type", "WordPiece")
        .put("prefix", WordPieceTokenizer.CONTINUATION)
        .put("cleanup", true);
    model(root.putObject("model"));
    return root;
  }

  private void addedTokens(ArrayNode tokens) {
    for (int id = 0; id < vocabulary.size(); id++) {
      if (WordPieceTokenizer.SPECIAL_TOKENS.contains(vocabulary.get(id))) {
        tokens
            .addObject()
            .put("id", id)
            .put("content", vocabulary.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", true);
      }
    }
  }

  private void postProcessor(ObjectNode processor) {
    processor.put("type", "TemplateProcessing");
    ArrayNode single = processor.putArray("single");
    special(single, "[CLS]", 0);
    sequence(single, "A", 0);
    special(single, "[SEP]", 0);
    ArrayNode pair = processor.putArray("pair");
    special(pair, "[CLS]", 0);
    sequence(pair, "A", 0);
    special(pair, "[SEP]", 0);
    sequence(pair, "B", 1);
    special(pair, "[SEP]", 1);
    ObjectNode specials = processor.putObject("special_tokens");
    for (String token : List.of("[CLS]", "[SEP]")) {
      ObjectNode special = specials.putObject(token).put("id", token);
      special.putArray("ids").add(vocabulary.indexOf(token));
      special.putArray("tokens").add(token);
    }
  }

  private static void special(ArrayNode template, String token, int type) {
    template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
  }

  private static void sequence(ArrayNode template, String text, int type) {
    template.addObject().putObject("Sequence").put("id", text).put("type_id", type);
  }

  private void model(ObjectNode model) {
    model
        .put("type", "WordPiece")
        .put("unk_token", "[UNK]")
        .put("continuing_subword_prefix", WordPieceTokenizer.CONTINUATION)
        .put("max_input_chars_per_word", WordPieceTokenizer.MAX_WORD_CODE_POINTS);
    ObjectNode pieces = model.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      pieces.put(vocabulary.get(id), id);
    }
  }
}
