package io.distillstream.chaos.audit;

/** What holds whatever happens; the page of promises in the documentation has one sentence each. */
public enum Promise {
  NOTHING_LOST("no acknowledged request is lost"),
  NOTHING_TWICE("no request is trained twice"),
  HELD_OUT_ONCE("every held-out request is published as such once"),
  LINEAGE_AGREES("the state's own sum agrees with its offset ranges"),
  DEAD_LETTERS("every undecodable record is a dead letter with its origin"),
  PUBLISHED_ONLY("devices answer with versions that the quantizer published"),
  RECOVERY("every stage recovers by itself"),
  NO_PROCESS_ENDS("no process ends by itself"),
  OUTAGES_ARE_TOLD("an outage is told within bounds"),
  MEMORY_FLAT("memory is flat"),
  HANDLES_FLAT("file handles are flat"),
  LOGS_BOUNDED("log lines a minute are bounded");

  private final String text;

  Promise(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
