package io.cachepolicy.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.cachepolicy.InvalidPolicyCacheException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Faults of files: whatever happens to them, the journal opens, keeps what it can't read,
 * and goes on with the rest.
 */
class JournalFaultTests {

	private static final int COUNT = 500;

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	@SuppressWarnings("NullAway.Init")
	private Path records;

	@BeforeEach
	void fill() {
		this.records = this.directory.resolve(JournalDirectory.RECORDS);
		try (Storage storage = new JournalDirectory(this.directory).open()) {
			for (int i = 0; i < COUNT; i++) {
				storage.write(List.of(Change.put(Keys.of(Keys.PENDING, 1, i), new byte[100])), false);
			}
		}
	}

	private Set<Long> read() {
		Set<Long> found = new TreeSet<>();
		try (Storage storage = new JournalDirectory(this.directory).open()) {
			storage.scan(Keys.prefix(Keys.PENDING, 1), (key, value) -> found.add(Keys.number(key)));
			storage.write(List.of(Change.put(Keys.of(Keys.PENDING, 1, COUNT), new byte[1])), true);
		}
		return found;
	}

	private Path file(String suffix) throws IOException {
		try (Stream<Path> files = Files.list(this.records)) {
			return files.filter((file) -> file.toString().endsWith(suffix) && file.toFile().length() > 0)
				.max((first, second) -> Long.compare(first.toFile().length(), second.toFile().length()))
				.orElseThrow();
		}
	}

	private boolean isDamaged() {
		return !new JournalDirectory(this.directory).damaged().isEmpty();
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0.1, 0.5, 0.9 })
	@DisplayName("D5: a changed byte in the log is noticed, and the records around it are used")
	void changedByte(double part) throws IOException {
		Path log = file(".log");
		try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
			long position = (long) (file.length() * part);
			file.seek(position);
			int before = file.read();
			file.seek(position);
			file.write(before ^ 0xff);
		}
		Set<Long> found = read();
		assertThat(isDamaged()).isTrue();
		assertThat(found).hasSizeBetween((int) (COUNT * part) - 100, COUNT - 1);
		assertThat(read()).contains((long) COUNT);
	}

	@Test
	@DisplayName("D5: a record that was cut while it was written is left out, without a fuss")
	void cutRecord() throws IOException {
		Path log = file(".log");
		try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
			file.setLength(file.length() - 30);
		}
		assertThat(read()).hasSize(COUNT - 1);
		assertThat(isDamaged()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "CURRENT", "MANIFEST" })
	@DisplayName("D5: missing files are noticed, and what is left is kept")
	void missingFile(String name) throws IOException {
		try (Stream<Path> files = Files.list(this.records)) {
			for (Path file : files.filter((file) -> file.getFileName().toString().startsWith(name)).toList()) {
				Files.delete(file);
			}
		}
		read();
		assertThat(isDamaged()).isTrue();
		Path kept = this.directory.resolve(JournalDirectory.DAMAGED + 1);
		try (Stream<Path> files = Files.list(kept)) {
			assertThat(files.map((file) -> file.getFileName().toString())).anyMatch((file) -> file.endsWith(".log"));
		}
		assertThat(read()).contains((long) COUNT);
	}

	@Test
	@DisplayName("D5: foreign files are left alone")
	void foreignFiles() throws IOException {
		Path own = Files.writeString(this.records.resolve("notes.txt"), "mine");
		Path other = Files.writeString(this.directory.resolve("other.log"), "mine");
		assertThat(read()).hasSize(COUNT);
		assertThat(own).hasContent("mine");
		assertThat(other).hasContent("mine");
	}

	@Test
	@DisplayName("D7: a full disk is met before it is full, and the records stay writable")
	void fullDisk() throws IOException, InterruptedException {
		Path small = Files.createDirectory(this.directory.resolve("small"));
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", small.toString()) == 0,
				"may not mount");
		try (Storage storage = new JournalDirectory(small).open()) {
			Appender appender = new Appender(storage, false);
			Admission admission = new Admission(storage, appender, JournalProperties.OnFailure.WRITE_THROUGH, 32 << 20,
					new JournalCounts());
			byte[] value = new byte[10_000];
			int count = 0;
			while (admission.take(value.length)) {
				appender.append(Change.put(Keys.of(Keys.PENDING, 1, count), value));
				admission.giveBack(value.length);
				assertThat(admission.force()).isTrue();
				count++;
			}
			assertThat(count).isPositive();
			for (int i = 0; i < count; i++) {
				appender.append(Change.delete(Keys.of(Keys.PENDING, 1, i)));
			}
			assertThat(admission.force()).as("what is flushed can be settled").isTrue();
			assertThat(appender.lastFailure()).isNull();
		}
		finally {
			run("umount", small.toString());
		}
	}

	@Test
	@DisplayName("D7: a disk that others filled to the last byte fails the write, and is used again when there is room")
	void diskFilledByOthers() throws IOException, InterruptedException {
		Path small = Files.createDirectory(this.directory.resolve("small"));
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", small.toString()) == 0,
				"may not mount");
		try (Storage storage = new JournalDirectory(small).open()) {
			Appender appender = new Appender(storage, true);
			Admission admission = new Admission(storage, appender, JournalProperties.OnFailure.WRITE_THROUGH, 0,
					new JournalCounts());
			Path filler = small.resolve("filler");
			run("dd", "if=/dev/zero", "of=" + filler, "bs=1M");
			byte[] value = new byte[100_000];
			int count = 0;
			boolean forced = true;
			while (forced && count < 1000) {
				appender.append(Change.put(Keys.of(Keys.PENDING, 1, count), value));
				count++;
				forced = admission.force();
			}
			assertThat(forced).as("the disk was full").isFalse();
			assertThat(admission.take(1)).isFalse();
			Files.delete(filler);
			Awaitility.await().until(() -> admission.take(1));
			assertThat(admission.force()).isTrue();
			assertThat(storage.get(Keys.of(Keys.PENDING, 1, count - 1))).as("what failed was written since")
				.isNotNull();
		}
		finally {
			run("umount", small.toString());
		}
	}

	@Test
	@DisplayName("D5, D7: a disk that is full at the start fails it, and the records are left as they are")
	void diskThatIsFullAtTheStart() throws IOException, InterruptedException {
		Path small = Files.createDirectory(this.directory.resolve("small"));
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", small.toString()) == 0,
				"may not mount");
		try {
			try (Storage storage = new JournalDirectory(small).open()) {
				storage.write(List.of(Change.put(Keys.of(Keys.PENDING, 1, 1), new byte[100])), true);
			}
			Path filler = small.resolve("filler");
			run("dd", "if=/dev/zero", "of=" + filler, "bs=4k");
			assertThatExceptionOfType(InvalidPolicyCacheException.class)
				.isThrownBy(() -> new JournalDirectory(small).open())
				.withMessageContaining("cache-policy.journal.directory");
			assertThat(new JournalDirectory(small).damaged()).isEmpty();
			Files.delete(filler);
			try (Storage storage = new JournalDirectory(small).open()) {
				assertThat(storage.get(Keys.of(Keys.PENDING, 1, 1))).isNotNull();
			}
		}
		finally {
			run("umount", small.toString());
		}
	}

	@Test
	@DisplayName("D5: a directory that is read-only fails, and the records are left as they are")
	void readOnlyDirectory() throws IOException, InterruptedException {
		Path small = Files.createDirectory(this.directory.resolve("small"));
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "tmpfs", small.toString()) == 0, "may not mount");
		try {
			new JournalDirectory(small).open().close();
			assertThat(run("mount", "-o", "remount,ro", small.toString())).isZero();
			assertThatExceptionOfType(InvalidPolicyCacheException.class)
				.isThrownBy(() -> new JournalDirectory(small).open())
				.withMessageContaining("can't be written")
				.withMessageContaining("Read-only");
			assertThatExceptionOfType(InvalidPolicyCacheException.class)
				.isThrownBy(() -> new JournalDirectory(small.resolve("none")).open())
				.withMessageContaining("can't be written");
			assertThat(run("mount", "-o", "remount,rw", small.toString())).isZero();
			new JournalDirectory(small).open().close();
			assertThat(new JournalDirectory(small).damaged()).isEmpty();
		}
		finally {
			run("umount", small.toString());
		}
	}

	@Test
	@DisplayName("D6: a second process is refused as long as the first one lives, however that ends")
	void twoProcesses() throws IOException, InterruptedException {
		Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), OtherProcess.class.getName(),
				this.directory.toString())
			.redirectErrorStream(true)
			.start();
		try (BufferedReader lines = new BufferedReader(new InputStreamReader(other.getInputStream()))) {
			assertThat(lines.lines().anyMatch("open"::equals)).isTrue();
			assertThatExceptionOfType(InvalidPolicyCacheException.class)
				.isThrownBy(() -> new JournalDirectory(this.directory).open())
				.withMessageContaining("which another process uses");
		}
		finally {
			other.destroyForcibly().waitFor();
		}
		assertThat(isDamaged()).isFalse();
		assertThat(read()).hasSize(COUNT);
	}

	private static int run(String... command) throws IOException, InterruptedException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
	}

}
