package io.distillstream.model;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts text into the word pieces of the uncased BERT models (Schuster and Nakajima 2012, as in
 * Devlin et al. 2018): normalise, split at blanks and punctuation, then take the longest known
 * prefix again and again. Gives the ids that Hugging Face's tokenizers give for the same
 * vocabulary.
 *
 * <p>As there, a special token spelt out in the text, such as {@code [SEP]}, is that token.
 * Immutable and safe for use by many threads.
 */
public final class WordPieceTokenizer {
  static final String CONTINUATION = "##";
  static final int MAX_WORD_CODE_POINTS = 100;
  static final List<String> SPECIAL_TOKENS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private final List<String> vocabulary;
  private final Map<String, Integer> words;
  private final Map<String, Integer> continuations;
  private final int longestPiece;
  private final int paddingId;
  private final int unknownId;
  private final int startId;
  private final int endId;

  /**
   * @param vocabulary the word pieces, in the order of their ids; must hold {@code [PAD]}, {@code
   *     [UNK]}, {@code [CLS]} and {@code [SEP]}
   * @throws ModelFormatException if one of these is missing or a piece occurs twice
   */
  public WordPieceTokenizer(List<String> vocabulary) {
    this.vocabulary = List.copyOf(vocabulary);
    words = new HashMap<>(vocabulary.size() * 2);
    continuations = new HashMap<>(vocabulary.size());
    int longest = 0;
    for (int id = 0; id < this.vocabulary.size(); id++) {
      String piece = this.vocabulary.get(id);
      if (words.putIfAbsent(piece, id) != null) {
        throw new ModelFormatException("Word piece \"" + piece + "\" occurs twice, again at " + id);
      }
      if (piece.startsWith(CONTINUATION)) {
        continuations.put(piece.substring(CONTINUATION.length()), id);
      }
      longest = Math.max(longest, piece.length());
    }
    longestPiece = longest;
    paddingId = require("[PAD]");
    unknownId = require("[UNK]");
    startId = require("[CLS]");
    endId = require("[SEP]");
  }

  /**
   * Reads Hugging Face's {@code tokenizer.json}; the caller closes the stream.
   *
   * @throws ModelFormatException if it describes anything but an uncased BERT word piece tokenizer
   */
  public static WordPieceTokenizer fromTokenizerJson(InputStream json) throws IOException {
    try {
      return fromTokenizerJson(Json.object(json));
    } catch (InvalidJsonException e) {
      throw new ModelFormatException("tokenizer.json: " + e.getMessage(), e);
    }
  }

  private static WordPieceTokenizer fromTokenizerJson(JsonFields root) {
    JsonFields model = root.object("model");
    expect(model, "type", "WordPiece");
    expect(model, "unk_token", "[UNK]");
    expect(model, "continuing_subword_prefix", CONTINUATION);
    expect(model, "max_input_chars_per_word", String.valueOf(MAX_WORD_CODE_POINTS));
    JsonFields normalizer = root.object("normalizer");
    expect(normalizer, "type", "BertNormalizer");
    expect(normalizer, "clean_text", "true");
    expect(normalizer, "handle_chinese_chars", "true");
    expect(normalizer, "lowercase", "true");
    expect(root.object("pre_tokenizer"), "type", "BertPreTokenizer");
    JsonFields vocabulary = model.object("vocab");
    Set<String> names = vocabulary.names();
    String[] pieces = new String[names.size()];
    for (String piece : names) {
      pieces[(int) vocabulary.wholeNumber(piece, 0, pieces.length - 1)] = piece;
    }
    int gap = Arrays.asList(pieces).indexOf(null);
    if (gap >= 0) {
      throw new ModelFormatException("tokenizer.json: no word piece has id " + gap);
    }
    return new WordPieceTokenizer(Arrays.asList(pieces));
  }

  /**
   * Writes {@code tokenizer.json} as Hugging Face's tokenizers and {@link #fromTokenizerJson} read
   * it; the caller closes the stream.
   */
  public void writeTokenizerJson(OutputStream out) throws IOException {
    TokenizerJson.write(this, out);
  }

  private static void expect(JsonFields fields, String name, String expected) {
    String actual = fields.scalar(name);
    if (!actual.equals(expected)) {
      throw new ModelFormatException(
          String.format(
              "tokenizer.json: expected %s to be \"%s\", got \"%s\"",
              fields.place(name), expected, actual));
    }
  }

  private int require(String piece) {
    Integer id = words.get(piece);
    if (id == null) {
      throw new ModelFormatException("The vocabulary has no " + piece);
    }
    return id;
  }

  /** The word pieces, in the order of their ids. */
  public List<String> vocabulary() {
    return vocabulary;
  }

  /** The id that fills a batch up to its longest text. */
  public int paddingId() {
    return paddingId;
  }

  /**
   * The ids of {@code text}, from {@code [CLS]} to {@code [SEP]}.
   *
   * @param maxTokens at least 2; a longer text loses its end, never its {@code [SEP]}
   * @return between 2 and {@code maxTokens} ids
   */
  public int[] encode(String text, int maxTokens) {
    if (maxTokens < 2) {
      throw new IllegalArgumentException("Expected room for [CLS] and [SEP], got " + maxTokens);
    }
    IdBuffer ids = new IdBuffer(maxTokens - 1);
    ids.add(startId);
    int from = 0;
    for (int i = text.indexOf('['); i >= 0 && !ids.full(); i = text.indexOf('[', i + 1)) {
      for (String special : SPECIAL_TOKENS) {
        Integer id = text.startsWith(special, i) ? words.get(special) : null;
        if (id != null) {
          addWords(TextNormalizer.normalize(text.substring(from, i)), ids);
          ids.add(id);
          from = i + special.length();
        }
      }
    }
    addWords(TextNormalizer.normalize(text.substring(from)), ids);
    return ids.toArrayWith(endId);
  }

  /**
   * A text of these word pieces: blanks between words, continuations joined to what they continue,
   * {@code [CLS]} and {@code [SEP]} at the ends left out. Where there is a text with just these
   * ids, and no other special tokens among them, {@link #encode} gives them back; normalisation and
   * cut ends are lost.
   */
  public String decode(int[] ids) {
    int from = ids.length > 0 && ids[0] == startId ? 1 : 0;
    int to = ids.length > from && ids[ids.length - 1] == endId ? ids.length - 1 : ids.length;
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      String piece = vocabulary.get(ids[i]);
      if (isContinuation(ids[i])) {
        text.append(piece, CONTINUATION.length(), piece.length());
      } else {
        text.append(i == from ? "" : " ").append(piece);
      }
    }
    return text.toString();
  }

  /** Whether this piece continues a word. */
  public boolean isContinuation(int id) {
    return vocabulary.get(id).startsWith(CONTINUATION);
  }

  /** Whether this stands for text that has no pieces. */
  public boolean isUnknown(int id) {
    return id == unknownId;
  }

  /** Whether this piece is a word of letters alone, as it is written after normalisation. */
  public boolean isWholeWord(int id) {
    String piece = vocabulary.get(id);
    return piece.codePoints().allMatch(Character::isLetter)
        && TextNormalizer.normalize(piece).equals(piece);
  }

  private void addWords(String text, IdBuffer ids) {
    int start = 0;
    for (int i = 0; i < text.length() && !ids.full(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean punctuation = TextNormalizer.isPunctuation(c);
      if (punctuation || TextNormalizer.isWhitespace(c)) {
        addWord(text, start, i, ids);
        if (punctuation) {
          addWord(text, i, next, ids);
        }
        start = next;
      }
      i = next;
    }
    if (!ids.full()) {
      addWord(text, start, text.length(), ids);
    }
  }

  /** All pieces of {@code text[start, end)}, or one unknown token if any part has no piece. */
  private void addWord(String text, int start, int end, IdBuffer ids) {
    if (start == end) {
      return;
    }
    if (text.codePointCount(start, end) > MAX_WORD_CODE_POINTS) {
      ids.add(unknownId);
      return;
    }
    int mark = ids.size();
    for (int from = start; from < end; ) {
      Map<String, Integer> pieces = from == start ? words : continuations;
      int to = Math.min(end, from + longestPiece);
      Integer id = pieces.get(text.substring(from, to));
      while (id == null && --to > from) {
        id = pieces.get(text.substring(from, to));
      }
      if (id == null) {
        ids.truncate(mark);
        ids.add(unknownId);
        return;
      }
      ids.add(id);
      from = to;
    }
  }

  /** Keeps the first {@code limit} ids and counts the rest, so that a word can be taken back. */
  private static final class IdBuffer {
    private final int limit;
    private int[] ids;
    private int size;

    IdBuffer(int limit) {
      this.limit = limit;
      ids = new int[Math.min(limit + 1, 32)];
    }

    int size() {
      return size;
    }

    boolean full() {
      return size >= limit;
    }

    void add(int id) {
      if (size < limit) {
        if (size + 1 >= ids.length) {
          ids = Arrays.copyOf(ids, Math.min(limit + 1, ids.length * 2));
        }
        ids[size] = id;
      }
      size++;
    }

    void truncate(int newSize) {
      size = newSize;
    }

    int[] toArrayWith(int last) {
      int kept = Math.min(size, limit);
      int[] result = Arrays.copyOf(ids, kept + 1);
      result[kept] = last;
      return result;
    }
  }
}
