package io.cachepolicy.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Expiry;
import io.cachepolicy.PartialWriteException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Errors while a value is published, and writes of which a part is stored.
 */
class FailedPublicationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final int MAX_PENDING = 50;

	private final FakeStore store = new FakeStore();

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	/**
	 * What code of the application throws, and at which value.
	 */
	private final AtomicReference<@Nullable Supplier<Throwable>> failure = new AtomicReference<>();

	private @Nullable CaffeinePolicyCache cache;

	@AfterEach
	void close() {
		this.failure.set(null);
		if (this.cache != null) {
			this.cache.flush(TIMEOUT);
		}
	}

	private CaffeinePolicyCache create(WritePolicy policy, String where) {
		CacheInfrastructure infrastructure = new CacheInfrastructure((spec, inferred) -> this.store, (value) -> {
			if (where.equals("copy")) {
				failAt(value);
			}
			return ((Item) value).copy();
		}, new WriteBackFactory(Clock.systemUTC()), (name, caffeine) -> {
			if (where.equals("expiry")) {
				caffeine.expireAfter(Expiry.writing((key, value) -> {
					failAt(value);
					return Duration.ofHours(1);
				}));
			}
			else if (where.equals("weigher")) {
				caffeine.maximumWeight(1000).weigher((key, value) -> {
					failAt(value);
					return 1;
				});
			}
		});
		Specs specs = Specs.of("items").policy(policy).maxPending(MAX_PENDING).flushInterval(Duration.ofHours(1));
		if (where.equals("weigher")) {
			specs.maximumSize(null);
		}
		CaffeinePolicyCache created = Objects.requireNonNull(
				new CaffeinePolicyCacheManager(List.of(specs.build()), (name) -> null, infrastructure, false)
					.getCache("items"));
		this.cache = created;
		return created;
	}

	private void failAt(Object value) {
		Supplier<Throwable> supplier = this.failure.get();
		if (supplier != null && value.equals(new Item(1L, "new"))) {
			throw FailedPublicationTests.<RuntimeException>sneak(supplier.get());
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E sneak(Throwable thrown) throws E {
		throw (E) thrown;
	}

	static Stream<Arguments> failures() {
		List<Arguments> all = new ArrayList<>();
		for (WritePolicy policy : WritePolicy.values()) {
			for (String where : List.of("copy", "expiry", "weigher")) {
				for (boolean transaction : new boolean[] { false, true }) {
					all.add(Arguments.of(policy, where, transaction, "OutOfMemoryError"));
					all.add(Arguments.of(policy, where, transaction, "StackOverflowError"));
					all.add(Arguments.of(policy, where, transaction, "IllegalStateException"));
				}
			}
		}
		return all.stream();
	}

	private static Throwable failure(String type) {
		return switch (type) {
			case "OutOfMemoryError" -> new OutOfMemoryError("Java heap space");
			case "StackOverflowError" -> new StackOverflowError();
			default -> new IllegalStateException("unable");
		};
	}

	@ParameterizedTest
	@MethodSource("failures")
	@DisplayName("F7: what fails while a value is published leaves no stale entry, takes no room and stops no other value")
	void failedPublication(WritePolicy policy, String where, boolean transaction, String type) {
		CaffeinePolicyCache items = create(policy, where);
		this.store.rows().put(1L, new Item(1L, "old"));
		items.get(1L);
		this.failure.set(() -> failure(type));
		Runnable write = () -> {
			items.put(1L, new Item(1L, "new"));
			items.put(2L, new Item(2L, "other"));
		};
		Throwable thrown = catchThrowable(() -> run(transaction, write));
		this.failure.set(null);
		assertThat(items.flush(TIMEOUT).remaining()).isZero();
		Object row = this.store.rows().get(1L);
		assertThat(items.get(1L, Item.class)).as("what is read after %s", thrown).isEqualTo(row);
		items.clear();
		assertThat(items.get(1L, Item.class)).isEqualTo(row);
		if (thrown == null) {
			assertThat(row).as("accepted").isEqualTo(new Item(1L, "new"));
			assertThat(this.store.rows()).containsEntry(2L, new Item(2L, "other"));
		}
		assertRoomIsFree(items);
	}

	private void run(boolean transaction, Runnable write) {
		if (transaction) {
			this.template.executeWithoutResult((status) -> write.run());
		}
		else {
			write.run();
		}
	}

	private static void assertRoomIsFree(CaffeinePolicyCache items) {
		PendingWrites deferred = items.findPendingWrites();
		if (deferred != null) {
			PendingWrites.Reservation all = Reservations.take(deferred, MAX_PENDING);
			assertThat(all).as("all room is free").isNotNull();
			all.cancel();
		}
	}

	@ParameterizedTest
	@MethodSource("failures")
	@DisplayName("F7: what fails while a flushed value is published loses no claim, and the flusher goes on")
	void failedPublicationOfAFlush(WritePolicy policy, String where, boolean transaction, String type) {
		CaffeinePolicyCache items = create(WritePolicy.WRITE_BACK, where);
		items.put(1L, new Item(1L, "new"));
		items.put(2L, new Item(2L, "other"));
		this.failure.set(() -> failure(type));
		assertThat(items.flush(TIMEOUT).remaining()).isZero();
		this.failure.set(null);
		assertThat(this.store.rows()).containsEntry(1L, new Item(1L, "new")).containsEntry(2L, new Item(2L, "other"));
		assertThat(items.get(1L, Item.class)).isEqualTo(new Item(1L, "new"));
		items.put(3L, new Item(3L, "later"));
		assertThat(items.flush(TIMEOUT).written()).isOne();
		assertRoomIsFree(items);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@DisplayName("W1: the part of a write-through that is stored is newer than what is pending")
	void partialWriteThrough(boolean transaction) {
		CaffeinePolicyCache items = create(WritePolicy.WRITE_BACK, "nowhere");
		items.put(1L, new Item(1L, "older"));
		items.put(2L, new Item(2L, "good"));
		Map<Object, Object> entries = new LinkedHashMap<>();
		entries.put(1L, new Item(1L, "newer"));
		entries.put(2L, new Item(2L, "bad"));
		this.store.beforeEntries((written) -> {
			if (written.containsValue(new Item(2L, "bad"))) {
				this.store.rows().put(1L, new Item(1L, "newer"));
				throw new PartialWriteException(List.of(1L), new DataIntegrityViolationException("bad"));
			}
		});
		Runnable write = () -> items.withPolicy(WritePolicy.WRITE_THROUGH).putAll(entries);
		Throwable thrown = catchThrowable(() -> run(transaction, write));
		assertThat(thrown).isNotNull();
		assertThat(items.flush(TIMEOUT).remaining()).isZero();
		if (!transaction) {
			assertThat(this.store.rows()).containsEntry(1L, new Item(1L, "newer"));
		}
		assertThat(this.store.rows()).containsEntry(2L, new Item(2L, "good"));
		assertThat(items.get(1L, Item.class)).isEqualTo(this.store.rows().get(1L));
		assertRoomIsFree(items);
	}

}
