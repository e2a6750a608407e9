package io.distillstream.model;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An uncased BERT tokenizer in the form of Hugging Face's {@code tokenizer.json}. */
final class TokenizerJson {

  private final List<String> vocabulary;
  private final JsonStringWriter json = JsonWriter.string();

  private TokenizerJson(List<String> vocabulary) {
    this.vocabulary = vocabulary;
  }

  static void write(WordPieceTokenizer tokenizer, OutputStream out) throws IOException {
    String json = new TokenizerJson(tokenizer.vocabulary()).build();
    out.write(json.getBytes(StandardCharsets.UTF_8));
  }

  private String build() {
    json.object().value("version", "1.0").nul("truncation").nul("padding");
    addedTokens();
    json.object("normalizer")
        .value("type", "BertNormalizer")
        .value("clean_text", true)
        .value("handle_chinese_chars", true)
        .value("lowercase", true)
        .nul("strip_accents")
        .end();
    json.object("pre_tokenizer").value("type", "BertPreTokenizer").end();
    postProcessor();
    json.object("decoder")
        .value("type", "WordPiece")
        .value("prefix", WordPieceTokenizer.CONTINUATION)
        .value("cleanup", true)
        .end();
    model();
    return json.end().done();
  }

  private void addedTokens() {
    json.array("added_tokens");
    for (int id = 0; id < vocabulary.size(); id++) {
      if (WordPieceTokenizer.SPECIAL_TOKENS.contains(vocabulary.get(id))) {
        json.object()
            .value("id", id)
            .value("content", vocabulary.get(id))
            .value("single_word", false)
            .value("lstrip", false)
            .value("rstrip", false)
            .value("normalized", false)
            .value("special", true)
            .end();
      }
    }
    json.end();
  }

  private void postProcessor() {
    json.object("post_processor").value("type", "TemplateProcessing");
    json.array("single");
    special("[CLS]", 0);
    sequence("A", 0);
    special("[SEP]", 0);
    json.end().array("pair");
    special("[CLS]", 0);
    sequence("A", 0);
    special("[SEP]", 0);
    sequence("B", 1);
    special("[SEP]", 1);
    json.end().object("special_tokens");
    for (String token : List.of("[CLS]", "[SEP]")) {
      json.object(token)
          .value("id", token)
          .array("ids", List.of(vocabulary.indexOf(token)))
          .array("tokens", List.of(token))
          .end();
    }
    json.end().end();
  }

  private void special(String token, int type) {
    template("SpecialToken", token, type);
  }

  private void sequence(String text, int type) {
    template("Sequence", text, type);
  }

  private void template(String kind, String id, int type) {
    json.object().object(kind).value("id", id).value("type_id", type).end().end();
  }

  private void model() {
    json.object("model")
        .value("type", "WordPiece")
        .value("unk_token", "[UNK]")
        .value("continuing_subword_prefix", WordPieceTokenizer.CONTINUATION)
        .value("max_input_chars_per_word", WordPieceTokenizer.MAX_WORD_CODE_POINTS)
        .object("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      json.value(vocabulary.get(id), id);
    }
    json.end().end();
  }
}
