package io.cachepolicy.spi;

import java.util.HexFormat;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The span in which a write was made: what a flush needs to be linked to it, and nothing
 * that would keep a request. Ids as tracers make them, of 16 or 32 hexadecimal digits,
 * are kept as numbers, since there may be one of these for each pending write. Immutable.
 */
public final class SpanReference {

	private static final int SHORT = 16;

	private static final int LONG = 2 * SHORT;

	private static final HexFormat HEX = HexFormat.of();

	private final long traceHigh;

	private final long traceLow;

	private final long span;

	private final byte digits;

	/**
	 * 1 for sampled, 0 for not, -1 for unknown.
	 */
	private final byte sampled;

	private final @Nullable OtherIds others;

	private SpanReference(long traceHigh, long traceLow, long span, byte digits, byte sampled,
			@Nullable OtherIds others) {
		this.traceHigh = traceHigh;
		this.traceLow = traceLow;
		this.span = span;
		this.digits = digits;
		this.sampled = sampled;
		this.others = others;
	}

	/**
	 * Create a reference.
	 * @param traceId the id of the trace
	 * @param spanId the id of the span
	 * @param sampled whether the trace is sampled, {@code null} if that is not known
	 * @return the reference
	 */
	public static SpanReference of(String traceId, String spanId, @Nullable Boolean sampled) {
		byte choice = (byte) ((sampled != null) ? (sampled ? 1 : 0) : -1);
		int digits = traceId.length();
		if ((digits != SHORT && digits != LONG) || spanId.length() != SHORT || !isHex(traceId) || !isHex(spanId)) {
			return new SpanReference(0, 0, 0, (byte) 0, choice, new OtherIds(traceId, spanId));
		}
		long high = (digits == LONG) ? HexFormat.fromHexDigitsToLong(traceId, 0, SHORT) : 0;
		return new SpanReference(high, HexFormat.fromHexDigitsToLong(traceId, digits - SHORT, digits),
				HexFormat.fromHexDigitsToLong(spanId), (byte) digits, choice, null);
	}

	private static boolean isHex(String id) {
		// Capital letters would come back as small ones
		return id.chars().allMatch((digit) -> (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
	}

	/**
	 * Return the id of the trace.
	 * @return the id
	 */
	public String traceId() {
		if (this.others != null) {
			return this.others.traceId();
		}
		String low = HEX.toHexDigits(this.traceLow);
		return (this.digits == LONG) ? HEX.toHexDigits(this.traceHigh) + low : low;
	}

	/**
	 * Return the id of the span.
	 * @return the id
	 */
	public String spanId() {
		return (this.others != null) ? this.others.spanId() : HEX.toHexDigits(this.span);
	}

	/**
	 * Return whether the trace is sampled.
	 * @return whether it is, {@code null} if that is not known
	 */
	public @Nullable Boolean sampled() {
		return (this.sampled < 0) ? null : (Boolean) (this.sampled > 0);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof SpanReference that && this.traceHigh == that.traceHigh && this.traceLow == that.traceLow
				&& this.span == that.span && this.digits == that.digits && this.sampled == that.sampled
				&& Objects.equals(this.others, that.others);
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.traceLow) + 31 * Long.hashCode(this.span) + Objects.hashCode(this.others);
	}

	@Override
	public String toString() {
		return "SpanReference[traceId=%s, spanId=%s, sampled=%s]".formatted(traceId(), spanId(), sampled());
	}

	/**
	 * Ids of another form.
	 *
	 * @param traceId the id of the trace
	 * @param spanId the id of the span
	 */
	private record OtherIds(String traceId, String spanId) {

	}

}
