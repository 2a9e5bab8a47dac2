package io.cachepolicy.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DeadLetter.Kind;
import io.cachepolicy.RecoveredFailureException;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.text.FailureText;

/**
 * The record of a dead letter. Key and value are in that of its write.
 *
 * @param sequence the sequence number of the write
 * @param place where the record of the write is
 * @param kind why it was given up
 * @param reason what is known of the failure
 * @param attempts how often it was tried
 * @param first when it failed first
 * @param last when it failed last
 */
record LetterRecord(long sequence, long place, Kind kind, String reason, int attempts, Instant first, Instant last) {

	private static final int LONGEST_REASON = 1000;

	static LetterRecord of(DeadLetter letter, long sequence, long place) {
		String reason = (letter.reason() instanceof RecoveredFailureException recovered)
				? String.valueOf(recovered.getMessage()) : FailureText.of(letter.reason());
		return new LetterRecord(sequence, place, letter.kind(),
				reason.substring(0, Math.min(LONGEST_REASON, reason.length())), letter.attempts(),
				letter.firstFailure(), letter.lastFailure());
	}

	/**
	 * Return this dead letter with another sequence number, at which the record of its
	 * write is.
	 * @param sequence the sequence number
	 * @return the record
	 */
	LetterRecord at(long sequence) {
		return new LetterRecord(sequence, sequence, this.kind, this.reason, this.attempts, this.first, this.last);
	}

	/**
	 * Return where the record of the write of a dead letter is, even if nothing else of
	 * it can be read.
	 * @param bytes the dead letter
	 * @return the place, {@code 0} if that can't be read either
	 */
	static long placeOf(byte[] bytes) {
		return (bytes.length >= 2 * Long.BYTES) ? ByteBuffer.wrap(bytes).getLong(Long.BYTES) : 0;
	}

	byte[] encode() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (DataOutputStream output = new DataOutputStream(bytes)) {
			output.writeLong(this.sequence);
			output.writeLong(this.place);
			output.writeUTF(this.kind.name());
			output.writeUTF(this.reason);
			output.writeInt(this.attempts);
			write(output, this.first);
			write(output, this.last);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	private static void write(DataOutputStream output, Instant instant) throws IOException {
		output.writeLong(instant.getEpochSecond());
		output.writeInt(instant.getNano());
	}

	static LetterRecord decode(byte[] bytes) {
		try (DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes))) {
			return new LetterRecord(input.readLong(), input.readLong(), Kind.valueOf(input.readUTF()), input.readUTF(),
					input.readInt(), readInstant(input), readInstant(input));
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("The dead letter can't be read", ex);
		}
	}

	private static Instant readInstant(DataInputStream input) throws IOException {
		return Instant.ofEpochSecond(input.readLong(), input.readInt());
	}

	DeadLetter letter(long id, String cacheName, Recovered write) {
		return new DeadLetter(id, cacheName, write.key(), (Absent.is(write.value())) ? null : write.value(), this.kind,
				new RecoveredFailureException(this.reason), this.attempts, this.first, this.last);
	}

}
