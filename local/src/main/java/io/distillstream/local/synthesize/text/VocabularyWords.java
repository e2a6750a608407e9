package io.distillstream.local.synthesize.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.ModelLocation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The whole words of a tokenizer's vocabulary, in its order: pieces that begin a word and consist
 * of letters, more than one unless the script is one of words of a single character. Reads every
 * {@code tokenizer.json} (word pieces, byte-pair encoding with and without byte level, unigrams,
 * whole words) and files with a piece a line.
 */
public final class VocabularyWords {

  /** Fewer words make no texts. */
  static final int FEWEST = 100;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTINUATION = "##";

  /** What begins a word: of byte level, of SentencePiece. */
  private static final String BYTE_LEVEL_SPACE = "\u0120";

  private static final String META_SPACE = "\u2581";

  /** What ends one. */
  private static final String WORD_END = "</w>";

  private VocabularyWords() {}

  /**
   * Reads a vocabulary.
   *
   * @param tokenizer a {@code tokenizer.json}, or a file with a piece a line
   * @throws CommandFailedException if it holds too few words, or cannot be read
   */
  public static List<String> read(ModelLocation tokenizer) {
    List<String> words;
    try (InputStream in = tokenizer.open()) {
      words = words(pieces(new String(in.readAllBytes(), UTF_8)));
    } catch (NoSuchFileException e) {
      throw new CommandFailedException("The vocabulary " + tokenizer + " does not exist", e);
    } catch (JsonProcessingException e) {
      throw new CommandFailedException(
          "The vocabulary %s is no tokenizer.json: %s".formatted(tokenizer, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new CommandFailedException(
          "The vocabulary %s cannot be read: %s".formatted(tokenizer, e), e);
    }
    if (words.size() < FEWEST) {
      throw new CommandFailedException(
          "The vocabulary %s holds %d whole words, expected at least %d: a tokenizer.json, or a word"
                  .formatted(tokenizer, words.size(), FEWEST)
              + " a line");
    }
    return words;
  }

  private static List<String> pieces(String file) throws JsonProcessingException {
    if (!file.stripLeading().startsWith("{")) {
      return file.lines().map(String::strip).toList();
    }
    JsonNode vocabulary = JSON.readTree(file).path("model").path("vocab");
    List<String> pieces = new ArrayList<>();
    if (vocabulary.isArray()) {
      vocabulary.forEach(scored -> pieces.add(scored.path(0).asText()));
    } else {
      vocabulary.properties().stream()
          .sorted(Comparator.comparingInt(entry -> entry.getValue().asInt()))
          .map(Map.Entry::getKey)
          .forEach(pieces::add);
    }
    return pieces;
  }

  /** Single characters are words in vocabularies that mostly consist of them alone. */
  private static List<String> words(List<String> pieces) {
    List<String> words =
        pieces.stream().map(spelling(pieces)).filter(VocabularyWords::isWord).distinct().toList();
    List<String> longer =
        words.stream().filter(word -> word.codePointCount(0, word.length()) > 1).toList();
    return 2 * longer.size() >= words.size() ? longer : words;
  }

  /** How this vocabulary marks words; what begins none becomes empty. */
  private static UnaryOperator<String> spelling(List<String> pieces) {
    if (pieces.stream().anyMatch(piece -> piece.startsWith(BYTE_LEVEL_SPACE))) {
      ByteLevel bytes = new ByteLevel();
      return piece ->
          piece.startsWith(BYTE_LEVEL_SPACE)
              ? bytes.text(piece.substring(BYTE_LEVEL_SPACE.length()))
              : "";
    }
    if (pieces.stream().anyMatch(piece -> piece.startsWith(META_SPACE))) {
      return piece -> piece.startsWith(META_SPACE) ? piece.substring(META_SPACE.length()) : "";
    }
    if (pieces.stream().anyMatch(piece -> piece.endsWith(WORD_END))) {
      return piece ->
          piece.endsWith(WORD_END) ? piece.substring(0, piece.length() - WORD_END.length()) : "";
    }
    return piece -> piece.startsWith(CONTINUATION) ? "" : piece;
  }

  private static boolean isWord(String piece) {
    return !piece.isEmpty() && piece.codePoints().allMatch(Character::isLetter);
  }
}
