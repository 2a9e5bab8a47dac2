package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.text.FailureShape;
import io.cachepolicy.text.FailureText;
import io.cachepolicy.text.KeyText;
import io.cachepolicy.text.RepeatedFailures;
import org.apache.commons.logging.Log;

/**
 * Tells the log of dead letters, of each once with its key. The first one of a
 * {@link FailureShape shape} within a minute is a line with its stack traces, those that
 * follow share a line of up to a hundred keys, so that ten thousand refused rows don't
 * fill a disk. What is gathered for such a line waits until a second has passed, or
 * nothing else is pending. Thread-safe.
 */
final class DeadLetterLog {

	private static final int KEYS = 100;

	/**
	 * How long the keys of a line may be, of which {@link KeyText} leaves none out then.
	 */
	private static final int LENGTH = 800;

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

	private final Log log;

	private final LongSupplier nanos;

	private final RepeatedFailures told;

	private final Gathered refused = new Gathered();

	private final Gathered dropped = new Gathered();

	/**
	 * Create a log.
	 * @param log where to log
	 * @param nanos tells the time in nanoseconds
	 */
	DeadLetterLog(Log log, LongSupplier nanos) {
		this.log = log;
		this.nanos = nanos;
		this.told = new RepeatedFailures(nanos);
	}

	/**
	 * A dead letter is kept.
	 * @param letter the dead letter
	 */
	void added(DeadLetter letter) {
		if (this.told.count(letter.reason()).first()) {
			this.log.error(describe(letter), FailureText.loggable(letter.reason(), this.log));
		}
		else {
			tellIfDue(this.refused.add(letter), this.refused);
		}
	}

	private static String describe(DeadLetter letter) {
		String what = (letter.kind() == DeadLetter.Kind.IN_DOUBT)
				? "Nobody knows whether a write is to be stored, it became a dead letter"
				: "Write became a dead letter after " + letter.attempts() + " attempt(s)";
		return what + ": cache '" + letter.cache() + "', key '" + KeyText.of(letter.key()) + "'";
	}

	/**
	 * A dead letter that a handler took is no longer kept.
	 * @param letter the dead letter
	 */
	void dropped(DeadLetter letter) {
		tellIfDue(this.dropped.add(letter), this.dropped);
	}

	/**
	 * Tell what was gathered.
	 * @param last whether there may be nothing more for some time
	 */
	void tell(boolean last) {
		tellIfDue(last, this.refused);
		tellIfDue(last, this.dropped);
	}

	private void tellIfDue(boolean due, Gathered gathered) {
		List<DeadLetter> letters = gathered.take(due);
		if (letters.isEmpty()) {
			return;
		}
		DeadLetter last = letters.get(letters.size() - 1);
		String which = "cache '" + last.cache() + "', keys "
				+ KeyText.ofAll(letters.stream().map(DeadLetter::key).toList());
		if (gathered == this.dropped) {
			this.log
				.info(letters.size() + " no longer kept, as a WriteFailureHandler took them: dead letters of " + which);
		}
		else {
			this.log.error(letters.size() + " more writes became dead letters, for reasons that were told before: "
					+ which + ", the last as of " + FailureText.of(last.reason()));
		}
	}

	/**
	 * Letters for one line. Guarded by its monitor.
	 */
	private final class Gathered {

		private List<DeadLetter> letters = new ArrayList<>();

		private int length;

		private long since;

		/**
		 * Add a letter.
		 * @param letter the letter
		 * @return whether the line is full
		 */
		synchronized boolean add(DeadLetter letter) {
			if (this.letters.isEmpty()) {
				this.since = DeadLetterLog.this.nanos.getAsLong();
			}
			this.letters.add(letter);
			this.length += KeyText.of(letter.key()).length() + 2;
			return this.letters.size() >= KEYS || this.length >= LENGTH;
		}

		/**
		 * Take the letters if it is time for their line.
		 * @param due whether it is in any case
		 * @return the letters
		 */
		synchronized List<DeadLetter> take(boolean due) {
			if (this.letters.isEmpty() || !(due || DeadLetterLog.this.nanos.getAsLong() - this.since >= PATIENCE)) {
				return List.of();
			}
			List<DeadLetter> taken = this.letters;
			this.letters = new ArrayList<>();
			this.length = 0;
			return taken;
		}

	}

}
