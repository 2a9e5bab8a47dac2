package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.FlushListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link Availability}.
 */
@ExtendWith(OutputCaptureExtension.class)
class AvailabilityTests {

	private static final WriteBackSpec.Retry RETRY = new WriteBackSpec.Retry(3, Duration.ofSeconds(10), 2,
			Duration.ofSeconds(15), 0);

	private final Availability availability = new Availability(FlushListener.NONE);

	@Test
	void anyNumberOfCallsIsLetInWhileItAnswers() {
		long first = enter(0);
		long second = enter(0);
		assertThat(first).isEqualTo(second).isNotEqualTo(Availability.REFUSED);
		this.availability.answered(first);
		assertThat(pauseIn(0)).isZero();
		assertThat(this.availability.isAway()).isFalse();
	}

	@Test
	@DisplayName("F1: pauses grow up to a ceiling, and one probe at a time is let in")
	void pausesGrowAndOneProbeIsLetIn() {
		this.availability.away(enter(0), RETRY, new IllegalStateException("away"));
		assertThat(this.availability.isAway()).isTrue();
		assertThat(pauseIn(0)).isBetween(8L, 10L);
		assertThat(enter(0)).isEqualTo(Availability.REFUSED);
		long probe = enter(11);
		assertThat(probe).isNotEqualTo(Availability.REFUSED);
		assertThat(enter(11)).isEqualTo(Availability.REFUSED);
		assertThat(this.availability.nanosUntilCall(in(11), false)).isPositive();
		this.availability.away(probe, RETRY, new IllegalStateException("away"));
		assertThat(pauseIn(0)).isBetween(13L, 15L);
		assertThat(enter(16)).isNotEqualTo(Availability.REFUSED);
	}

	@Test
	void probeThatIsNotMadeLeavesItToTheNext() {
		this.availability.away(enter(0), RETRY, new IllegalStateException("away"));
		this.availability.leave(enter(11));
		assertThat(enter(11)).isNotEqualTo(Availability.REFUSED);
	}

	@Test
	@DisplayName("F1: calls that were under way when the store went away are one failure")
	void callsUnderWayAreOneFailure() {
		long first = enter(0);
		long second = enter(0);
		long third = enter(0);
		this.availability.away(first, RETRY, new IllegalStateException("away"));
		this.availability.away(second, RETRY, new IllegalStateException("away"));
		assertThat(pauseIn(0)).isBetween(8L, 10L);
		this.availability.answered(third);
		assertThat(this.availability.isAway()).isTrue();
		this.availability.leave(third);
		long probe = enter(11);
		this.availability.leave(third);
		assertThat(enter(11)).as("the probe goes on").isEqualTo(Availability.REFUSED);
		this.availability.answered(probe);
		assertThat(this.availability.isAway()).isFalse();
	}

	@Test
	void pausesStartAnewAfterAnAnswer() {
		this.availability.away(enter(0), RETRY, new IllegalStateException("away"));
		this.availability.away(enter(11), RETRY, new IllegalStateException("away"));
		this.availability.answered(enter(20));
		this.availability.away(enter(0), RETRY, new IllegalStateException("away"));
		assertThat(pauseIn(0)).isBetween(8L, 10L);
	}

	@Test
	@DisplayName("W2: little time is left at the end, so that pauses are short")
	void hurryShortensPauses() {
		this.availability.away(enter(0), RETRY, new IllegalStateException("away"));
		assertThat(this.availability.nanosUntilCall(System.nanoTime(), true)).isPositive()
			.isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
		assertThat(this.availability.enter(in(1), false)).isEqualTo(Availability.REFUSED);
		assertThat(this.availability.enter(in(1), true)).isNotEqualTo(Availability.REFUSED);
	}

	@Test
	@DisplayName("F3: one line when the store goes away, and one when it is back")
	void logsOnceEachWay(CapturedOutput output) {
		this.availability.away(enter(0), RETRY, new IllegalStateException("no connection"));
		assertThat(this.availability.awayFor()).isPositive();
		for (int i = 1; i < 5; i++) {
			this.availability.away(enter(i * 20), RETRY, new IllegalStateException("no connection"));
		}
		this.availability.answered(enter(100));
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "is away")).isOne();
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "is back")).isOne();
		assertThat(this.availability.awayFor()).isZero();
	}

	@Test
	@DisplayName("F3: what is told names the caches, and what is pending in all of them")
	void tellsOfItsCaches(CapturedOutput output) {
		AtomicReference<@Nullable Duration> told = new AtomicReference<>();
		Availability availability = new Availability(new FlushListener() {

			@Override
			public void storeBack(Set<String> cacheNames, long pending, Duration away) {
				told.set(away);
			}

		});
		availability.add(member("items", 2));
		availability.away(availability.enter(in(0), false), RETRY, new IllegalStateException("no connection"));
		availability.add(member("boxes", 3));
		assertThat(availability.awayFor()).isPositive().isLessThan(Duration.ofSeconds(10));
		availability.answered(availability.enter(in(11), false));
		assertThat(output).contains("The store of cache 'items' is away, 2 writes stay pending")
			.containsPattern("The store of caches 'boxes', 'items' is back after \\d+ ms, 5 writes are pending");
		assertThat(told.get()).isPositive().isLessThan(Duration.ofSeconds(10));
	}

	@Test
	@DisplayName("F1: all caches of a store go on when it is back")
	void cachesAreSignalledWhenTheStoreIsBack() {
		FlushPeer items = member("items", 1);
		FlushPeer boxes = member("boxes", 1);
		this.availability.add(items);
		this.availability.add(boxes);
		long outdated = enter(0);
		this.availability.away(outdated, RETRY, new IllegalStateException("away"));
		this.availability.answered(outdated);
		verify(items, never()).signal();
		this.availability.answered(enter(11));
		verify(items).signal();
		verify(boxes).signal();
	}

	private static FlushPeer member(String name, int size) {
		FlushPeer member = mock(FlushPeer.class);
		given(member.name()).willReturn(name);
		given(member.size()).willReturn(size);
		return member;
	}

	/**
	 * Ask to call the store.
	 * @param seconds when, from now
	 * @return the turn
	 */
	private long enter(long seconds) {
		return this.availability.enter(in(seconds), false);
	}

	private long pauseIn(long seconds) {
		return TimeUnit.NANOSECONDS.toSeconds(this.availability.nanosUntilCall(in(seconds), false));
	}

	private static long in(long seconds) {
		return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
	}

}
