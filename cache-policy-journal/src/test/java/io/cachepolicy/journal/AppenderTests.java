package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Appender}.
 */
class AppenderTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private static byte[] bytes(long number) {
		return ByteBuffer.allocate(8).putLong(number).array();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("D1: what a thread forced is there, and the last change of a key counts")
	void forcedChangesAreThere(boolean sync) throws InterruptedException {
		Map<Long, Long> missing = new ConcurrentHashMap<>();
		try (Storage storage = new JournalDirectory(this.directory).open()) {
			Appender appender = new Appender(storage, sync);
			List<Thread> threads = new ArrayList<>();
			for (long thread = 0; thread < 6; thread++) {
				long key = thread;
				threads.add(new Thread(() -> {
					for (long value = 1; value <= 200; value++) {
						append(appender, key, value);
						appender.force();
						byte[] found = storage.get(bytes(key));
						if (found == null || ByteBuffer.wrap(found).getLong() != value) {
							missing.put(key, value);
						}
					}
				}));
			}
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
		}
		assertThat(missing).isEmpty();
	}

	private static void append(Appender appender, long key, long value) {
		if (value % 3 == 0) {
			appender.begin();
			appender.append(Change.put(bytes(key), bytes(value - 1)));
			appender.force();
			appender.append(Change.put(bytes(key), bytes(value)));
			appender.end();
			return;
		}
		appender.append(Change.put(bytes(key), bytes(value)));
		if (value % 5 == 0) {
			appender.write();
		}
	}

	@Test
	@DisplayName("D5: what belongs together is written together, whoever leads in between")
	void changesThatBelongTogether() throws InterruptedException {
		try (Storage storage = new JournalDirectory(this.directory).open()) {
			Appender appender = new Appender(storage, false);
			appender.begin();
			appender.append(Change.put(bytes(1), bytes(1)));
			Thread other = new Thread(() -> {
				appender.append(Change.put(bytes(2), bytes(2)));
				appender.force();
			});
			other.start();
			other.join(100);
			assertThat(storage.get(bytes(1))).isNull();
			appender.append(Change.put(bytes(3), bytes(3)));
			appender.end();
			other.join();
			assertThat(storage.get(bytes(1))).isNotNull();
			assertThat(storage.get(bytes(3))).isNotNull();
		}
	}

	@Test
	@DisplayName("D7: what could not be written tells its writer, and is written before what comes next")
	void failedChangesAreKept() {
		Storage storage = new JournalDirectory(this.directory).open();
		Appender appender = new Appender(storage, false);
		storage.close();
		appender.append(Change.put(bytes(1), bytes(1)));
		assertThatExceptionOfType(StorageException.class).isThrownBy(appender::force);
		assertThat(appender.lastFailure()).isNotNull();
		appender.append(Change.put(bytes(2), bytes(2)));
		assertThatExceptionOfType(StorageException.class).isThrownBy(appender::force);
	}

	@Test
	@DisplayName("D5: a sync that fails by itself tells its writers, and all is written again in order, with a sync")
	void syncThatFails() {
		FailingWriter writer = new FailingWriter();
		Appender appender = new Appender(writer, true);
		writer.failing = true;
		appender.append(Change.put(bytes(1), bytes(1)));
		assertThatExceptionOfType(StorageException.class).isThrownBy(appender::force);
		appender.append(Change.put(bytes(2), bytes(2)));
		assertThatExceptionOfType(StorageException.class).isThrownBy(appender::force);
		assertThat(appender.failure()).isNotNull();
		appender.append(Change.put(bytes(1), bytes(3)));
		appender.write();
		assertThat(appender.lastFailure()).isNotNull();
		writer.failing = false;
		Awaitility.await().until(() -> appender.failure() == null);
		assertThat(writer.reopened).isPositive();
		assertThat(writer.synced.stream().map((change) -> ByteBuffer.wrap(change.key()).getLong())).containsExactly(1L,
				2L, 1L);
		appender.append(Change.put(bytes(4), bytes(4)));
		appender.force();
		assertThat(writer.synced).hasSize(4);
	}

	/**
	 * Fails while it is told to.
	 */
	private static final class FailingWriter implements RecordWriter {

		private final List<Change> synced = new ArrayList<>();

		private boolean failing;

		private int reopened;

		@Override
		public void write(Collection<Change> changes, boolean sync) {
			if (sync && this.failing) {
				throw new StorageException("The disk failed", new IllegalStateException());
			}
			if (sync) {
				this.synced.addAll(changes);
			}
		}

		@Override
		public void reopen() {
			this.reopened++;
		}

	}

}
