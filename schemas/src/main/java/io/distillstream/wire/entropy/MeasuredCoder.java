package io.distillstream.wire.entropy;

/** Adds up how many bits what passes through it takes. */
public final class MeasuredCoder implements SymbolCoder {

  private static final double ONE = 1 << PROBABILITY_BITS;
  private static final double LOG_2 = Math.log(2);

  private final SymbolCoder coder;
  private double nats;

  public MeasuredCoder(SymbolCoder coder) {
    this.coder = coder;
  }

  @Override
  public int bit(int bit, int probability) {
    int coded = coder.bit(bit, probability);
    nats -= Math.log(coded == 1 ? probability / ONE : 1 - probability / ONE);
    return coded;
  }

  @Override
  public int entry(int entry, Frequencies frequencies) {
    int coded = coder.entry(entry, frequencies);
    nats -= Math.log((double) frequencies.of(coded) / frequencies.total());
    return coded;
  }

  /** What the symbols that passed took, in bytes. */
  public double bytes() {
    return nats / LOG_2 / Byte.SIZE;
  }
}
