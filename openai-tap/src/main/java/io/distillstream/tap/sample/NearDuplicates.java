package io.distillstream.tap.sample;

import java.time.Duration;

/**
 * The newest prompts that were recorded, to be asked whether one is nearly the same.
 *
 * <p>Locality-sensitive hashing: a signature is cut into bands, and prompts that have a band in
 * common are compared (Indyk and Motwani, 1998; Broder, 1997). Bands are as long as they can be for
 * prompts of just the asked-for similarity to have none in common with a probability of at most
 * {@value #MISSED}. Beyond that, those are found whose estimated similarity is at least the
 * asked-for one, so that about half of those are which just have it.
 *
 * <p>Prompts lie in a ring, and each band has chains from the newest to older ones, as deflate's
 * window does: where a chain comes to a prompt that was overwritten, or is too old, it ends.
 * Nothing is ever taken out of a chain, and memory never grows beyond {@link #bytes}. Not
 * thread-safe.
 */
final class NearDuplicates {

  static final double LEAST_SIMILARITY = 0.5;

  private static final double MISSED = 0.01;

  /** Of each band; more than are needed where prompts differ in more than a template's parts. */
  private static final int MOST_COMPARED = 64;

  private static final int OBJECT_BYTES = 16;

  private final double similarity;
  private final long windowMillis;
  private final int capacity;
  private final int bandComponents;
  private final int bands;
  private final int bucketBits;

  private final byte[][] last;
  private final byte[][] before;
  private final long[] kinds;
  private final long[] atMillis;

  /** {@code [bands][buckets]}: number of the newest prompt, from 1; 0 for none. */
  private final long[] newest;

  /** {@code [slots][bands]}: number of the prompt before it in the same bucket. */
  private final long[] previous;

  private long added;

  /**
   * @param similarity estimated Jaccard similarity from which prompts are nearly the same
   * @param window for how long a prompt is remembered
   * @param capacity prompts that are remembered at most
   */
  NearDuplicates(double similarity, Duration window, int capacity) {
    this.similarity = similarity;
    this.windowMillis = window.toMillis();
    this.capacity = capacity;
    this.bandComponents = bandComponents(similarity);
    this.bands = MinHash.COMPONENTS / bandComponents;
    this.bucketBits = Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
    this.last = new byte[capacity][];
    this.before = new byte[capacity][];
    this.kinds = new long[capacity];
    this.atMillis = new long[capacity];
    this.newest = new long[bands << bucketBits];
    this.previous = new long[capacity * bands];
  }

  private static int bandComponents(double similarity) {
    int most = 1;
    for (int components = 2; components <= MinHash.COMPONENTS; components++) {
      int bands = MinHash.COMPONENTS / components;
      if (Math.pow(1 - Math.pow(similarity, components), bands) <= MISSED) {
        most = components;
      }
    }
    return most;
  }

  /** Whether a prompt is nearly the same as one that was added within the window before it. */
  boolean has(PromptSketch prompt) {
    for (int band = 0; band < bands; band++) {
      long number = newest[bucket(prompt, band)];
      for (int i = 0; i < MOST_COMPARED && isThere(number, prompt); i++) {
        if (isSimilar(slot(number), prompt)) {
          return true;
        }
        number = previous[slot(number) * bands + band];
      }
    }
    return false;
  }

  private boolean isThere(long number, PromptSketch prompt) {
    return number > Math.max(0, added - capacity)
        && prompt.atMillis() - atMillis[slot(number)] < windowMillis;
  }

  private boolean isSimilar(int slot, PromptSketch prompt) {
    return kinds[slot] == prompt.kind()
        && MinHash.similarity(last[slot], prompt.last()) >= similarity
        && MinHash.similarity(before[slot], prompt.before()) >= similarity;
  }

  /** Remembers a prompt, and forgets the oldest if there are too many. */
  void add(PromptSketch prompt) {
    added++;
    int slot = slot(added);
    last[slot] = prompt.last();
    before[slot] = prompt.before();
    kinds[slot] = prompt.kind();
    atMillis[slot] = prompt.atMillis();
    for (int band = 0; band < bands; band++) {
      int bucket = bucket(prompt, band);
      previous[slot * bands + band] = newest[bucket];
      newest[bucket] = added;
    }
  }

  private int slot(long number) {
    return (int) (number % capacity);
  }

  private int bucket(PromptSketch prompt, int band) {
    long hash = MinHash.hash(prompt.last(), band * bandComponents, bandComponents) ^ prompt.kind();
    return (band << bucketBits) + (int) (hash >>> (Long.SIZE - bucketBits));
  }

  /** The memory that it takes when it is full. */
  long bytes() {
    long signatures = 2L * capacity * (MinHash.SIGNATURE_BYTES + OBJECT_BYTES + Long.BYTES);
    long numbers = 2L * capacity + newest.length + previous.length;
    return signatures + numbers * Long.BYTES;
  }
}
