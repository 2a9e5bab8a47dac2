package io.cachepolicy.writeback;

import java.time.Clock;
import java.util.function.Predicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContextCapture;

/**
 * What the caches of a manager that defer writes have in common.
 *
 * @param clock tells the times of failures
 * @param failures hands writes that failed for good to the application, and tells whether
 * one of its handlers took them
 * @param contexts captures what a flush needs of the thread that wrote
 * @param listener told what flushes do
 * @param logs opens the records of pending writes
 * @param peers the caches
 * @param threads in which they flush
 */
record FlushEnvironment(Clock clock, Predicate<DeadLetter> failures, WriteContextCapture contexts,
		FlushListener listener, PendingLog.Factory logs, FlushPeers peers, FlushThreads threads) {

}
