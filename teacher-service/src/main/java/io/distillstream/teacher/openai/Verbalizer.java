package io.distillstream.teacher.openai;

import io.distillstream.model.LabelSpace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The words that stand for each label in a model's answer. Case does not matter, nor do blanks and
 * quotation marks before a word. Immutable.
 */
public final class Verbalizer {

  /** Of SentencePiece and of byte-level BPE, which some servers leave in their tokens: a blank. */
  private static final String BLANKS = "\u2581\u0120";

  private static final String OPENING = "\"'`*_([{<«„“”‘’-#:";

  /** Of words that stand for one label each, in lower case. */
  private record Word(String text, int label) {}

  private final LabelSpace labels;
  private final List<String> firstWords = new ArrayList<>();
  private final List<List<String>> words;
  private final List<Word> all = new ArrayList<>();

  /** What may be left out before a word: none of it begins one. */
  private final String opening;

  /**
   * @param words of each label, at least one, in the order of the labels
   * @throws IllegalArgumentException if a word is missing, blank, or stands for two labels
   */
  public Verbalizer(Map<String, List<String>> words) {
    this.labels = new LabelSpace(List.copyOf(words.keySet()));
    this.words = words.values().stream().map(List::copyOf).toList();
    Map<String, Integer> owners = new HashMap<>();
    for (int label = 0; label < labels.size(); label++) {
      List<String> own = this.words.get(label);
      if (own.isEmpty()) {
        throw new IllegalArgumentException("label '%s' has no word".formatted(labels.label(label)));
      }
      firstWords.add(own.get(0));
      for (String word : own) {
        String text = word.strip().toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
          throw new IllegalArgumentException(
              "label '%s' has an empty word".formatted(labels.label(label)));
        }
        Integer other = owners.put(text, label);
        if (other != null) {
          throw new IllegalArgumentException(
              other == label
                  ? "label '%s' has the word '%s' twice".formatted(labels.label(label), text)
                  : "labels '%s' and '%s' have the same word '%s'"
                      .formatted(labels.label(other), labels.label(label), text));
        }
        all.add(new Word(text, label));
      }
    }
    this.opening =
        OPENING
            .chars()
            .filter(c -> all.stream().noneMatch(word -> word.text().charAt(0) == c))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  /**
   * Reads {@code label} or {@code label=word|word}, one item for each label.
   *
   * @throws IllegalArgumentException if two labels could not be told apart, or there are too few
   */
  public static Verbalizer parse(List<String> items) {
    Map<String, List<String>> words = new LinkedHashMap<>();
    for (String item : items) {
      int equals = item.indexOf('=');
      String label = (equals < 0 ? item : item.substring(0, equals)).strip();
      List<String> own =
          equals < 0 ? List.of(label) : List.of(item.substring(equals + 1).split("\\|", -1));
      if (words.put(label, own.stream().map(String::strip).toList()) != null) {
        throw new IllegalArgumentException("label '%s' occurs twice".formatted(label));
      }
    }
    return new Verbalizer(words);
  }

  /** The classes, in the order in which they were given. */
  public LabelSpace labels() {
    return labels;
  }

  /** Of each label the word that a prompt asks for. */
  public List<String> firstWords() {
    return firstWords;
  }

  /** All words of each label. */
  public List<List<String>> words() {
    return words;
  }

  /** What an answer says so far, without what may stand before a word. */
  private String said(String text) {
    int from = 0;
    while (from < text.length() && (isBlank(text.charAt(from)) || isOpening(text.charAt(from)))) {
      from++;
    }
    return text.substring(from)
        .replace('\u2581', ' ')
        .replace('\u0120', ' ')
        .toLowerCase(Locale.ROOT);
  }

  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || BLANKS.indexOf(c) >= 0;
  }

  private boolean isOpening(char c) {
    return opening.indexOf(c) >= 0;
  }

  /** Whether an answer that begins so says nothing yet. */
  boolean isOpen(String text) {
    return said(text).isEmpty();
  }

  /** The labels that an answer which begins so may come to name. */
  Set<Integer> candidates(String text) {
    String said = said(text);
    Set<Integer> candidates = new TreeSet<>();
    spoken(said).ifPresent(candidates::add);
    for (Word word : all) {
      if (word.text().length() > said.length() && word.text().startsWith(said)) {
        candidates.add(word.label());
      }
    }
    return candidates;
  }

  /** The label that an answer names which ends here. */
  OptionalInt named(String text) {
    return spoken(said(text));
  }

  /**
   * The label that a whole answer names: at its beginning, or else the only one that it mentions.
   */
  OptionalInt mentioned(String text) {
    OptionalInt first = named(text);
    if (first.isPresent()) {
      return first;
    }
    String said = said(text);
    Set<Integer> mentioned = new TreeSet<>();
    for (int at = 1; at < said.length(); at++) {
      if (!Character.isLetterOrDigit(said.charAt(at - 1))) {
        spoken(said.substring(at)).ifPresent(mentioned::add);
      }
    }
    return mentioned.size() == 1
        ? OptionalInt.of(mentioned.iterator().next())
        : OptionalInt.empty();
  }

  /** The label of the longest word that stands whole at the beginning. */
  private OptionalInt spoken(String said) {
    Optional<Word> longest = Optional.empty();
    for (Word word : all) {
      if (said.startsWith(word.text())
          && endsThere(said, word.text())
          && word.text().length() > longest.map(w -> w.text().length()).orElse(0)) {
        longest = Optional.of(word);
      }
    }
    return longest.isPresent() ? OptionalInt.of(longest.get().label()) : OptionalInt.empty();
  }

  private static boolean endsThere(String said, String word) {
    return said.length() == word.length()
        || !Character.isLetterOrDigit(said.codePointAt(word.length()))
        || Character.isIdeographic(word.codePointBefore(word.length()));
  }
}
