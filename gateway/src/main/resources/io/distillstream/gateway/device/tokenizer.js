// Word pieces of the uncased BERT models, with the ids that the model was trained on: normalise,
// split at blanks and punctuation, then take the longest known prefix again and again.

const CONTINUATION = "##";
const MAX_WORD_CODE_POINTS = 100;
const SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

const WHITESPACE = /^[\t\n\r\p{Z}]$/u;
const DROPPED = /^[\uFFFD\p{Cc}\p{Cf}\p{Co}\p{Cs}]$/u;
const NON_SPACING_MARK = /^\p{Mn}$/u;
const PUNCTUATION = /^[\p{P}$+<=>^`|~]$/u;
const IDEOGRAPHS = [
  [0x4e00, 0x9fff], [0x3400, 0x4dbf], [0x20000, 0x2a6df], [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f], [0x2b920, 0x2ceaf], [0xf900, 0xfaff], [0x2f800, 0x2fa1f],
];

export class WordPieceTokenizer {
  #words = new Map();
  #continuations = new Map();
  #longestPiece = 0;
  #unknown;
  #start;
  #end;

  /** @param vocabulary the word pieces, in the order of their ids */
  constructor(vocabulary) {
    vocabulary.forEach((piece, id) => {
      if (this.#words.has(piece)) {
        throw new Error(`Word piece "${piece}" occurs twice, again at ${id}`);
      }
      this.#words.set(piece, id);
      if (piece.startsWith(CONTINUATION)) {
        this.#continuations.set(piece.slice(CONTINUATION.length), id);
      }
      this.#longestPiece = Math.max(this.#longestPiece, piece.length);
    });
    this.#require("[PAD]");
    this.#unknown = this.#require("[UNK]");
    this.#start = this.#require("[CLS]");
    this.#end = this.#require("[SEP]");
  }

  /** At most `maxTokens` ids, from [CLS] to [SEP]; a longer text loses its end. */
  encode(text, maxTokens) {
    const limit = maxTokens - 1;
    const ids = [this.#start];
    let from = 0;
    for (let i = text.indexOf("["); i >= 0 && ids.length < limit; i = text.indexOf("[", i + 1)) {
      // A special token spelt out in the text is that token.
      const special = SPECIAL_TOKENS.find((one) => text.startsWith(one, i) && this.#words.has(one));
      if (special) {
        this.#addWords(normalize(text.slice(from, i)), ids, limit);
        ids.push(this.#words.get(special));
        from = i + special.length;
      }
    }
    this.#addWords(normalize(text.slice(from)), ids, limit);
    return [...ids.slice(0, limit), this.#end];
  }

  #addWords(text, ids, limit) {
    let start = 0;
    for (let i = 0; i < text.length && ids.length < limit;) {
      const character = String.fromCodePoint(text.codePointAt(i));
      const next = i + character.length;
      const punctuation = PUNCTUATION.test(character);
      if (punctuation || WHITESPACE.test(character)) {
        this.#addWord(text.slice(start, i), ids);
        if (punctuation) this.#addWord(character, ids);
        start = next;
      }
      i = next;
    }
    if (ids.length < limit) this.#addWord(text.slice(start), ids);
  }

  /** All pieces of a word, or one unknown token if any part of it has no piece. */
  #addWord(word, ids) {
    const mark = ids.length;
    const known = [...word].length <= MAX_WORD_CODE_POINTS;
    for (let from = 0; from < word.length;) {
      const pieces = from === 0 ? this.#words : this.#continuations;
      let to = Math.min(word.length, from + this.#longestPiece);
      while (to > from && !pieces.has(word.slice(from, to))) to--;
      if (!known || to === from) {
        ids.length = mark;
        ids.push(this.#unknown);
        return;
      }
      ids.push(pieces.get(word.slice(from, to)));
      from = to;
    }
  }

  #require(piece) {
    const id = this.#words.get(piece);
    if (id === undefined) throw new Error(`The vocabulary has no ${piece}`);
    return id;
  }
}

/**
 * Drops control characters, turns white space into blanks, sets ideographs apart, decomposes, drops
 * non-spacing marks, and lowers the case character by character, whatever stands beside it.
 */
function normalize(text) {
  let cleaned = "";
  for (const character of text) {
    if (WHITESPACE.test(character)) cleaned += " ";
    else if (isIdeograph(character.codePointAt(0))) cleaned += ` ${character} `;
    else if (!DROPPED.test(character)) cleaned += character;
  }
  let folded = "";
  for (const character of cleaned.normalize("NFD")) {
    if (!NON_SPACING_MARK.test(character)) folded += character.toLowerCase();
  }
  return folded;
}

const isIdeograph = (c) => c >= 0x3400 && IDEOGRAPHS.some(([from, to]) => c >= from && c <= to);
