package io.cachepolicy.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.cachepolicy.InvalidPolicyCacheException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

import org.springframework.util.FileSystemUtils;

/**
 * The directory of a journal. The records are in a subdirectory that its owner alone can
 * read; what is damaged is put beside it.
 */
final class JournalDirectory {

	static final String RECORDS = "records";

	static final String DAMAGED = "damaged-";

	private static final Log logger = LogFactory.getLog(JournalDirectory.class);

	private static final int FORMAT = 1;

	private static final String PROPERTY = "cache-policy.journal.directory";

	private final Path directory;

	private final Path records;

	JournalDirectory(Path directory) {
		this.directory = directory;
		this.records = directory.resolve(RECORDS);
	}

	/**
	 * Open the records. What is damaged is kept, and what can be read of it goes on.
	 * @return the records
	 * @throws InvalidPolicyCacheException if the directory can't be used
	 */
	Storage open() {
		create();
		RocksDB.loadLibrary();
		Storage storage = openRecords();
		checkFormat(storage);
		return storage;
	}

	private void create() {
		try {
			Files.createDirectories(this.directory);
			if (!Files.exists(this.records)) {
				if (Files.getFileStore(this.directory).supportsFileAttributeView("posix")) {
					Files.createDirectory(this.records,
							PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
				}
				else {
					Files.createDirectory(this.records);
				}
			}
			Files.delete(Files.createTempFile(this.records, "write", ".tmp"));
		}
		catch (IOException ex) {
			throw new InvalidPolicyCacheException(
					"Property '%s' is %s, which can't be written: %s".formatted(PROPERTY, this.directory, ex),
					"Set it to a directory that the application may create or write, with free space.", ex);
		}
	}

	private Storage openRecords() {
		if (isWithoutBeginning()) {
			return salvage("The file CURRENT is missing", null);
		}
		Storage storage = null;
		try {
			storage = Storage.open(this.records);
			storage.scan(new byte[0], (key, value) -> {
			});
			return storage;
		}
		catch (RocksDBException ex) {
			if (isInUse(ex)) {
				throw new InvalidPolicyCacheException(
						"Property '%s' is %s, which another process uses".formatted(PROPERTY, this.directory),
						"Give each process a directory of its own, or stop the other one.", ex);
			}
			return salvageIfDamaged(ex);
		}
		catch (StorageException ex) {
			if (storage != null) {
				storage.close();
			}
			return salvageIfDamaged((ex.getCause() instanceof RocksDBException cause) ? cause : null);
		}
	}

	/**
	 * Put the records aside only if it is they that are wrong: what a full or failing
	 * disk has is as good as before when the disk is.
	 * @param reason why they can't be read
	 * @return the records
	 */
	private Storage salvageIfDamaged(@Nullable RocksDBException reason) {
		if (reason != null && isOfTheDisk(reason)) {
			throw cannotOpen(reason);
		}
		return salvage((reason != null) ? reason.getMessage() : null, reason);
	}

	private static boolean isOfTheDisk(RocksDBException reason) {
		Status status = reason.getStatus();
		return status != null && (status.getCode() == Status.Code.IOError || status.getCode() == Status.Code.Busy)
				&& !String.valueOf(reason.getMessage()).contains("No such file");
	}

	private InvalidPolicyCacheException cannotOpen(Throwable cause) {
		return new InvalidPolicyCacheException(
				"Property '%s' is %s, whose records can't be opened: %s".formatted(PROPERTY, this.directory,
						cause.getMessage()),
				"Look after the disk, and make room on it. The records are left as they are.", cause);
	}

	private boolean isWithoutBeginning() {
		try (Stream<Path> files = Files.list(this.records)) {
			return !Files.exists(this.records.resolve("CURRENT"))
					&& files.anyMatch((file) -> file.toString().matches(".*\\.(log|sst)|.*MANIFEST-.*"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isInUse(RocksDBException ex) {
		String message = String.valueOf(ex.getMessage()).toLowerCase(Locale.ROOT);
		return message.contains("lock ") || message.contains("lock:") || message.contains("while lock file");
	}

	/**
	 * Put the damaged records aside, and go on with what can be read of them.
	 * @param reason what is wrong with them
	 * @param cause the cause, if any
	 * @return the records
	 */
	private Storage salvage(@Nullable String reason, @Nullable Throwable cause) {
		List<Change> readable = new ArrayList<>();
		try {
			Storage.salvage(this.records, (key, value) -> readable.add(Change.put(key, value)));
		}
		catch (RocksDBException ex) {
			logger.error("Nothing can be read of the records in " + this.records, ex);
		}
		Path aside = moveAside();
		logger.error(
				("The records of pending writes in %s are damaged (%s). They are kept in %s, and %d records of them are used. "
						+ "Writes may be missing: compare, and remove the copy")
					.formatted(this.records, reason, aside, readable.size()),
				cause);
		Storage storage = null;
		try {
			create();
			storage = Storage.open(this.records);
			storage.write(readable, true);
			return storage;
		}
		catch (RocksDBException | StorageException ex) {
			if (storage != null) {
				storage.close();
			}
			putBack(aside);
			throw cannotOpen(ex);
		}
	}

	private void putBack(Path aside) {
		try {
			FileSystemUtils.deleteRecursively(this.records);
			Files.move(aside, this.records);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path moveAside() {
		try {
			int number = 1;
			while (Files.exists(this.directory.resolve(DAMAGED + number))) {
				number++;
			}
			return Files.move(this.records, this.directory.resolve(DAMAGED + number));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void checkFormat(Storage storage) {
		byte[] format = storage.get(Keys.FORMAT);
		if (format == null) {
			storage.write(List.of(Change.put(Keys.FORMAT, ByteBuffer.allocate(4).putInt(FORMAT).array())), true);
		}
		else if (ByteBuffer.wrap(format).getInt() > FORMAT) {
			storage.close();
			throw new InvalidPolicyCacheException(
					"Property '%s' is %s, which a newer version of cache-policy-journal has written".formatted(PROPERTY,
							this.directory),
					"Start the newer version once more so that it stores what is pending, or set another directory.");
		}
	}

	/**
	 * Return the copies of damaged records.
	 * @return the names of directories
	 */
	List<String> damaged() {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.startsWith(DAMAGED))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	Path path() {
		return this.directory;
	}

}
