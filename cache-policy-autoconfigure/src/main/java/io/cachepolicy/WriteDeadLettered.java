package io.cachepolicy;

/**
 * Event: a deferred write became a dead letter. Published after every
 * {@link WriteFailureHandler} was called, and in the same thread; not published for
 * writes that could not be stored before the application stopped.
 *
 * @param deadLetter the dead letter
 */
public record WriteDeadLettered(DeadLetter deadLetter) {

}
