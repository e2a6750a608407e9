package io.distillstream.tap.proxy;

import java.net.http.HttpResponse;

/** What is done with an exchange beside passing it on. Asked by one thread at a time. */
interface Plan {

  /** What is sent upstream. */
  byte[] body();

  /** Whether the answer is looked into, and so must not be compressed. */
  boolean looksInto();

  /** Whether, for an answer like this, the request is to be sent again with another body. */
  boolean asksAgain(int status);

  /** What becomes of an answer. */
  Answer answer(HttpResponse.ResponseInfo head);

  /** Some of the answer went to the client. */
  void passed(Answer answer);

  /**
   * The exchange is over.
   *
   * @param whole whether the upstream came to the end of its answer
   */
  void ended(boolean whole);
}
