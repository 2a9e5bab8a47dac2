package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.jpa.codec.ScalarCodec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PendingLog.Entry;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.PendingLog.Recovery;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.spi.StoreKeys;
import io.cachepolicy.spi.StoreVersions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JournalLog} and {@link LogRecovery}: what the next process reads of
 * what one has written, byte by byte.
 */
class JournalLogTests {

	private static final Revision FIRST = new Revision(0, false);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private final VersionedStore store = new VersionedStore();

	@SuppressWarnings("NullAway.Init")
	private Storage storage;

	@SuppressWarnings("NullAway.Init")
	private Appender appender;

	private JournalCounts counts = new JournalCounts();

	@BeforeEach
	void open() {
		this.storage = new JournalDirectory(this.directory).open();
		this.appender = new Appender(this.storage, false);
	}

	@AfterEach
	void close() {
		this.storage.close();
	}

	private JournalLog log() {
		this.counts = new JournalCounts();
		Admission admission = new Admission(this.storage, this.appender, JournalProperties.OnFailure.REJECT, 0,
				this.counts);
		return new JournalLog(1, this.store, new Codecs(new ScalarCodec(), new ScalarCodec()), this.appender, admission,
				new LogRecovery("items", 1, this.storage, this.counts));
	}

	private static void append(JournalLog log, Object key, Object value, long sequence) {
		Entry entry = log.prepare(key, value);
		assertThat(entry).isNotNull();
		entry.append(sequence, FIRST);
	}

	private Told recover() {
		this.appender.force();
		Told told = new Told();
		JournalLog log = log();
		log.recover(told);
		log.write();
		return told;
	}

	private int count(char type) {
		int[] count = new int[1];
		this.storage.scan(Keys.prefix(type, 1), (key, value) -> count[0]++);
		return count[0];
	}

	@Test
	@DisplayName("D3: the lineage is that of the moment in which the write is appended, not of that in which it was made ready")
	void lineageIsRecordedWhenTheWriteIsAppended() {
		this.store.version = 1;
		JournalLog log = log();
		Entry entry = log.prepare("key", "value");
		assertThat(entry).isNotNull();
		this.store.version = 2;
		entry.append(1, FIRST);
		append(log, "other", "value", 2);
		List<Recovered> pending = recover().pending;
		assertThat(pending).allSatisfy((write) -> assertThat(write.lineage()).isEqualTo(this.store.export("key")));
	}

	@Test
	@DisplayName("D3: a write that was flushed leads the next one of its key on")
	void settledWriteLeadsTheNextOneOn() {
		this.store.version = 1;
		JournalLog log = log();
		append(log, "key", "first", 1);
		append(log, "key", "second", 2);
		this.store.version = 2;
		log.settle("key", 1, Outcome.WRITTEN, 2);
		assertThat(recover().pending).singleElement().satisfies((write) -> {
			assertThat(write.value()).isEqualTo("second");
			assertThat(write.lineage()).isEqualTo(this.store.export("key"));
		});
		JournalLog next = log();
		next.recover(new Told());
		next.settle("key", 2, Outcome.WRITTEN, 0);
		next.force();
		assertThat(count(Keys.PENDING) + count(Keys.LINEAGE)).isZero();
	}

	@Test
	@DisplayName("D2: a write that took the value of a newer one keeps its place in the order, twice over")
	void collapsedWriteKeepsItsPlace() {
		JournalLog log = log();
		append(log, "key", "first", 1);
		append(log, "other", "other", 2);
		append(log, "key", "second", 3);
		log.collapse("key", 1, new Revision(1, true), 3);
		Told told = recover();
		assertThat(told.pending).extracting(Recovered::value).containsExactlyInAnyOrder("second", "other");
		assertThat(told.pending).filteredOn("key", "key").singleElement().satisfies((write) -> {
			assertThat(write.sequence()).isOne();
			assertThat(write.revision()).isEqualTo(new Revision(1, true));
		});
		assertThat(count(Keys.MOVED)).isZero();
		assertThat(recover().pending).hasSize(2);
	}

	@Test
	@DisplayName("D5: what is left of writes that are gone is removed, before their sequence numbers are used again")
	void leftoversAreRemoved() {
		this.store.version = 1;
		JournalLog log = log();
		append(log, "key", "value", 1);
		this.appender.force();
		byte[] lineage = new Codecs(new ScalarCodec(), new ScalarCodec())
			.encodeLineage(new StoreVersions.Lineage(7L, 7L, null, null, false));
		this.storage.write(List.of(Change.put(Keys.of(Keys.LINEAGE, 1, 2), lineage), Change
			.put(Keys.of(Keys.MOVED, 1, 2), ByteBuffer.allocate(17).putLong(1).putLong(9).put((byte) 0).array())),
				true);
		recover();
		append(log(), "key", "newer", 2);
		assertThat(recover().pending).extracting(Recovered::sequence).containsExactly(1L, 2L);
		assertThat(count(Keys.LINEAGE) + count(Keys.MOVED)).isZero();
	}

	@Test
	@DisplayName("D5: records that can't be read are kept and counted, at each start")
	void unreadableRecordsAreKept() {
		JournalLog log = log();
		append(log, "good", "value", 1);
		append(log, "bad", "value", 2);
		append(log, "worse", "value", 3);
		this.appender.force();
		byte[] bytes = this.storage.get(Keys.of(Keys.PENDING, 1, 2));
		assertThat(bytes).isNotNull();
		byte[] future = bytes.clone();
		future[0] = 9;
		this.storage.write(List.of(Change.put(Keys.of(Keys.PENDING, 1, 2), future),
				Change.put(Keys.of(Keys.PENDING, 1, 3), new byte[1]),
				Change.put(Keys.of(Keys.PROMISED, 1, 1, 0), new byte[0]),
				Change.put(Keys.of(Keys.LETTER, 1, 1), new byte[3])), true);
		for (int start = 0; start < 3; start++) {
			assertThat(recover().pending).extracting(Recovered::key).containsExactly("good");
			assertThat(this.counts.unreadable.sum()).isEqualTo(4);
			assertThat(count(Keys.UNREADABLE)).isEqualTo(3);
			assertThat(count(Keys.UNREADABLE_LETTER)).isOne();
			assertThat(count(Keys.PENDING)).isOne();
		}
	}

	@Test
	@DisplayName("D2: a hold that can't be read holds whatever is pending of its key")
	void unreadableHold() {
		JournalLog log = log();
		append(log, "key", "value", 1);
		log.hold("key", 1);
		this.appender.force();
		Map<String, byte[]> held = new HashMap<>();
		this.storage.scan(Keys.prefix(Keys.HELD, 1), (key, value) -> held.put("key", key));
		this.storage.write(List.of(Change.put(held.get("key"), new byte[2])), true);
		Told told = recover();
		assertThat(told.pending).isEmpty();
		assertThat(told.inDoubt).extracting(Recovered::value).containsExactly("value");
	}

	/**
	 * A store that has one version for all rows.
	 */
	private static final class VersionedStore implements BackingStore, StoreVersions {

		private long version;

		@Override
		public StoreKeys keys() {
			throw new UnsupportedOperationException();
		}

		@Override
		public StoreVersions versions() {
			return this;
		}

		@Override
		public @Nullable Lineage export(Object key) {
			return (this.version > 0) ? new Lineage(1L, this.version, null, null, false) : null;
		}

		@Override
		public @Nullable Object load(Object key) {
			return null;
		}

		@Override
		public Map<Object, Object> loadAll(Collection<?> keys) {
			return Map.of();
		}

		@Override
		public Object insert(Object value) {
			return value;
		}

		@Override
		public Map<Object, Object> write(io.cachepolicy.spi.WriteMode mode, Map<Object, Object> entries) {
			return Map.of();
		}

		@Override
		public void deleteAll(Collection<?> keys) {
		}

	}

	/**
	 * What was told.
	 */
	private static final class Told implements Recovery {

		private final List<Recovered> pending = new ArrayList<>();

		private final List<Recovered> inDoubt = new ArrayList<>();

		private final Map<DeadLetter, Long> letters = new HashMap<>();

		private final Instant time = Instant.now();

		@Override
		public void pending(Recovered write) {
			this.pending.add(write);
		}

		@Override
		public void inDoubt(Recovered write, String reason) {
			this.inDoubt.add(write);
		}

		@Override
		public void deadLetter(DeadLetter letter, long sequence) {
			assertThat(letter.lastFailure()).isBefore(this.time);
			this.letters.put(letter, sequence);
		}

	}

}
