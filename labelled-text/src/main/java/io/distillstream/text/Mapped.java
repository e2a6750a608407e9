package io.distillstream.text;

import java.util.Iterator;
import java.util.function.Function;

/** Maps what it iterates over, one element at a time. */
record Mapped<S, T>(Iterator<S> source, Function<S, T> mapping) implements Iterator<T> {
  @Override
  public boolean hasNext() {
    return source.hasNext();
  }

  @Override
  public T next() {
    return mapping.apply(source.next());
  }
}
