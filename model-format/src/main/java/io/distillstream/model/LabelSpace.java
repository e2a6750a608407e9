package io.distillstream.model;

import io.distillstream.foundation.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ordered names of the classes a model tells apart: logit {@code i} belongs to label {@code i}.
 *
 * <p>Two models may exchange logits only if their {@linkplain #fingerprint() fingerprints} are
 * equal. Immutable.
 */
public final class LabelSpace {
  private final List<String> labels;
  private final Map<String, Integer> indices;
  private final String fingerprint;

  /**
   * @param labels at least two distinct names, none blank
   * @throws IllegalArgumentException otherwise
   */
  public LabelSpace(List<String> labels) {
    this.labels = List.copyOf(labels);
    if (this.labels.size() < 2) {
      throw new IllegalArgumentException("Expected at least 2 labels, got " + this.labels);
    }
    indices = new HashMap<>(this.labels.size() * 2);
    for (String label : this.labels) {
      if (label.isBlank()) {
        throw new IllegalArgumentException("Label " + indices.size() + " is blank: " + this.labels);
      }
      if (indices.putIfAbsent(label, indices.size()) != null) {
        throw new IllegalArgumentException("Label \"" + label + "\" occurs twice");
      }
    }
    fingerprint = fingerprint(this.labels);
  }

  public List<String> labels() {
    return labels;
  }

  public int size() {
    return labels.size();
  }

  /** The name of class {@code index}. */
  public String label(int index) {
    return labels.get(index);
  }

  /** The class called {@code label}, or -1 if there is none, as {@link List#indexOf} does. */
  public int indexOf(String label) {
    return indices.getOrDefault(label, -1);
  }

  /**
   * SHA-256, in hexadecimal, of every label in order: its length in UTF-8 bytes as a big-endian
   * 32-bit integer, then those bytes. The lengths keep ["ab", "c"] apart from ["a", "bc"].
   */
  public String fingerprint() {
    return fingerprint;
  }

  private static String fingerprint(List<String> labels) {
    MessageDigest digest = Sha256.digest();
    for (String label : labels) {
      byte[] utf8 = label.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
      digest.update(utf8);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSpace that && labels.equals(that.labels);
  }

  @Override
  public int hashCode() {
    return labels.hashCode();
  }

  @Override
  public String toString() {
    return "LabelSpace" + labels;
  }
}
