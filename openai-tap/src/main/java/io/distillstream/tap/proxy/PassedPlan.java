package io.distillstream.tap.proxy;

import java.net.http.HttpResponse;

/** Nothing. */
record PassedPlan(@SuppressWarnings("ArrayRecordComponent") byte[] body) implements Plan {

  @Override
  public boolean looksInto() {
    return false;
  }

  @Override
  public boolean asksAgain(int status) {
    return false;
  }

  @Override
  public Answer answer(HttpResponse.ResponseInfo head) {
    return new PassedAnswer();
  }

  @Override
  public void passed(Answer answer) {}

  @Override
  public void ended(boolean whole) {}
}
