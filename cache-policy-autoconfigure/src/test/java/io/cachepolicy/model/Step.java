package io.cachepolicy.model;

import java.util.List;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.Outage;

/**
 * One step of a sequence. It knows nothing of the steps before it, so that any of them
 * can be left out.
 */
sealed interface Step {

	void run(Run run);

	record Get(int key) implements Step {

		@Override
		public void run(Run run) {
			run.get(this.key);
		}

	}

	record GetAll() implements Step {

		@Override
		public void run(Run run) {
			run.getAll();
		}

	}

	/**
	 * Read, change what was read, and write it.
	 */
	record Put(int key, String text, WritePolicy policy) implements Step {

		@Override
		public void run(Run run) {
			run.put(this.key, this.text, this.policy);
		}

	}

	record PutAll(List<Integer> keys, String text) implements Step {

		@Override
		public void run(Run run) {
			run.putAll(this.keys, this.text);
		}

	}

	record Remove(int key, WritePolicy policy) implements Step {

		@Override
		public void run(Run run) {
			run.remove(this.key, this.policy);
		}

	}

	/**
	 * Read, remove, and write again what was read, maybe with a flush in between.
	 */
	record RemoveAndPut(int key, boolean flush) implements Step {

		@Override
		public void run(Run run) {
			run.removeAndPut(this.key, this.flush);
		}

	}

	/**
	 * Read, let time pass with a write and a flush, and change and write what was read
	 * before that.
	 */
	record PutLate(int key) implements Step {

		@Override
		public void run(Run run) {
			run.putLate(this.key);
		}

	}

	record Evict(int key) implements Step {

		@Override
		public void run(Run run) {
			run.evict(this.key);
		}

	}

	record Clear(boolean natively) implements Step {

		@Override
		public void run(Run run) {
			run.clear(this.natively);
		}

	}

	record Expire() implements Step {

		@Override
		public void run(Run run) {
			run.expire();
		}

	}

	record Flush(boolean losesAnswer) implements Step {

		@Override
		public void run(Run run) {
			run.flush(this.losesAnswer);
		}

	}

	record BeginOutage(Outage.Kind kind) implements Step {

		@Override
		public void run(Run run) {
			run.beginOutage(this.kind);
		}

	}

	record EndOutage() implements Step {

		@Override
		public void run(Run run) {
			run.endOutage();
		}

	}

	/**
	 * Switch whether the database refuses bad texts.
	 */
	record Check(boolean active) implements Step {

		@Override
		public void run(Run run) {
			run.check(this.active);
		}

	}

	record OtherInserts(int key) implements Step {

		@Override
		public void run(Run run) {
			run.otherInserts(this.key);
		}

	}

	record OtherUpdates(int key) implements Step {

		@Override
		public void run(Run run) {
			run.otherUpdates(this.key);
		}

	}

	record OtherDeletes(int key) implements Step {

		@Override
		public void run(Run run) {
			run.otherDeletes(this.key);
		}

	}

	/**
	 * Change a row by JPA, without the cache.
	 */
	record Bypass(int key, BypassRun.Way way, boolean commits) implements Step {

		@Override
		public void run(Run run) {
			run.bypass(this.key, this.way, this.commits);
		}

	}

	record Replay(int key) implements Step {

		@Override
		public void run(Run run) {
			run.replay(this.key);
		}

	}

	record Discard(int key) implements Step {

		@Override
		public void run(Run run) {
			run.discard(this.key);
		}

	}

	/**
	 * A transaction, of steps that read or write one key.
	 */
	record Transaction(List<Step> steps, boolean commits, boolean watched) implements Step {

		@Override
		public void run(Run run) {
			run.transaction(this.steps, this.commits, this.watched);
		}

	}

	/**
	 * Stop the caches, write, and start them again.
	 */
	record StopAndStart(int key) implements Step {

		@Override
		public void run(Run run) {
			run.stopAndStart(this.key);
		}

	}

	/**
	 * Close the application, and start another one on the same database.
	 */
	record Restart() implements Step {

		@Override
		public void run(Run run) {
			run.restart();
		}

	}

}
