package dev.fq.spi;

/** What to do where no queue is. */
public enum OpenMode {
  /** Refuse: for verbs that look or clean up, so that a typo does not become an empty queue. */
  EXISTING,
  /** Make one where nothing is: for those who bring tasks in. */
  CREATE
}
