package io.distillstream.local.feed;

import java.util.List;

/** Where requests are sent. Every accepted request is in the log; refused ones are sent again. */
public interface Feed extends AutoCloseable {

  /**
   * Sends requests; blocks while too many are unanswered.
   *
   * @throws FeedException if the pipeline cannot be reached or refuses a request for good
   */
  void send(List<TrafficItem> items);

  /** Requests that the pipeline has taken. */
  long accepted();

  /** How often the pipeline was full or away, and the request was sent again. */
  long retried();

  /** Waits until every request sent is accepted. */
  @Override
  void close();
}
