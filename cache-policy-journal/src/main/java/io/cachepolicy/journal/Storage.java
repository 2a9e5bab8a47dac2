package io.cachepolicy.journal;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Records in RocksDB. Thread-safe: what is open is used under the read lock, and opened
 * and closed under the write lock, as native code does not forgive a use after that.
 */
final class Storage implements RecordWriter, AutoCloseable {

	private static final long WRITE_BUFFER = 16 << 20;

	private static final long LOG_SIZE = 64 << 20;

	private final Path directory;

	private final ReadWriteLock lock = new ReentrantReadWriteLock();

	private final Options options;

	private final WriteOptions writeOptions = new WriteOptions();

	private final WriteOptions syncOptions = new WriteOptions().setSync(true);

	private @Nullable RocksDB database;

	private boolean closed;

	private Storage(Path directory, Options options, RocksDB database) {
		this.directory = directory;
		this.options = options;
		this.database = database;
	}

	/**
	 * Open the records of a directory, which is created if need be.
	 * @param directory the directory
	 * @return the records
	 * @throws RocksDBException if they can't be opened
	 */
	static Storage open(Path directory) throws RocksDBException {
		Options options = options();
		try {
			return new Storage(directory, options, RocksDB.open(options, directory.toString()));
		}
		catch (RocksDBException ex) {
			options.close();
			throw ex;
		}
	}

	/**
	 * Read what is readable of a directory, which is not changed.
	 * @param directory the directory
	 * @param records told of each record
	 * @throws RocksDBException if nothing can be read
	 */
	static void salvage(Path directory, BiConsumer<byte[], byte[]> records) throws RocksDBException {
		try (Options options = options().setCreateIfMissing(false)
			.setParanoidChecks(false)
			.setWalRecoveryMode(WALRecoveryMode.SkipAnyCorruptedRecords);
				RocksDB database = RocksDB.openReadOnly(options, directory.toString());
				ReadOptions read = new ReadOptions();
				RocksIterator iterator = database.newIterator(read)) {
			byte[] last = null;
			for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
				last = iterator.key();
				records.accept(last, iterator.value());
			}
			// Where a block is damaged, what comes after it is found from the end
			for (iterator.seekToLast(); iterator.isValid()
					&& (last == null || Keys.compare(iterator.key(), last) > 0); iterator.prev()) {
				records.accept(iterator.key(), iterator.value());
			}
		}
	}

	private static Options options() {
		return new Options().setCreateIfMissing(true)
			.setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
			.setWriteBufferSize(WRITE_BUFFER)
			.setMaxTotalWalSize(LOG_SIZE)
			.setCompressionType(CompressionType.NO_COMPRESSION)
			.setMaxBackgroundJobs(2)
			// One thread leads at a time
			.setAllowConcurrentMemtableWrite(false)
			.setEnableWriteThreadAdaptiveYield(false)
			.setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
			.setKeepLogFileNum(2)
			.setMaxLogFileSize(1 << 20);
	}

	@Override
	public void write(Collection<Change> changes, boolean sync) {
		this.lock.readLock().lock();
		try {
			RocksDB open = database();
			WriteOptions how = (sync) ? this.syncOptions : this.writeOptions;
			if (changes.size() == 1) {
				write(open, how, changes.iterator().next());
			}
			else if (!changes.isEmpty()) {
				writeBatch(open, how, changes);
			}
			else if (sync) {
				open.syncWal();
			}
		}
		catch (RocksDBException ex) {
			throw new StorageException("The records in %s can't be written".formatted(this.directory), ex);
		}
		finally {
			this.lock.readLock().unlock();
		}
	}

	private static void write(RocksDB open, WriteOptions how, Change change) throws RocksDBException {
		if (change.value() != null) {
			open.put(how, change.key(), change.value());
		}
		else {
			open.delete(how, change.key());
		}
	}

	private static void writeBatch(RocksDB open, WriteOptions how, Collection<Change> changes) throws RocksDBException {
		try (WriteBatch batch = new WriteBatch()) {
			for (Change change : changes) {
				if (change.value() != null) {
					batch.put(change.key(), change.value());
				}
				else {
					batch.delete(change.key());
				}
			}
			open.write(how, batch);
		}
	}

	private RocksDB database() {
		RocksDB database = this.database;
		if (database == null) {
			throw new StorageException("The records in %s are closed".formatted(this.directory),
					new IllegalStateException((this.closed) ? "The application has stopped" : "It can't be opened"));
		}
		return database;
	}

	/**
	 * Read a record.
	 * @param key its key
	 * @return the record, {@code null} if there is none
	 */
	byte @Nullable [] get(byte[] key) {
		this.lock.readLock().lock();
		try {
			return database().get(key);
		}
		catch (RocksDBException ex) {
			throw new StorageException("The records in %s can't be read".formatted(this.directory), ex);
		}
		finally {
			this.lock.readLock().unlock();
		}
	}

	/**
	 * Read records in the order of their keys.
	 * @param prefix how their keys begin
	 * @param records told of each record
	 * @throws StorageException if one can't be read
	 */
	void scan(byte[] prefix, BiConsumer<byte[], byte[]> records) {
		this.lock.readLock().lock();
		try (ReadOptions read = new ReadOptions(); RocksIterator iterator = database().newIterator(read)) {
			for (iterator.seek(prefix); iterator.isValid(); iterator.next()) {
				byte[] key = iterator.key();
				if (!Keys.hasPrefix(key, prefix)) {
					return;
				}
				records.accept(key, iterator.value());
			}
			iterator.status();
		}
		catch (RocksDBException ex) {
			throw new StorageException("The records in %s can't be read".formatted(this.directory), ex);
		}
		finally {
			this.lock.readLock().unlock();
		}
	}

	@Override
	public void reopen() {
		this.lock.writeLock().lock();
		try {
			if (this.closed) {
				return;
			}
			if (this.database != null) {
				this.database.close();
				this.database = null;
			}
			this.database = RocksDB.open(this.options, this.directory.toString());
		}
		catch (RocksDBException ex) {
			throw new StorageException("The records in %s can't be opened again".formatted(this.directory), ex);
		}
		finally {
			this.lock.writeLock().unlock();
		}
	}

	/**
	 * Return how many bytes the files take.
	 * @return the size
	 */
	long size() {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.mapToLong((file) -> file.toFile().length()).sum();
		}
		catch (IOException ex) {
			return 0;
		}
	}

	/**
	 * Return how many bytes the disk can still take.
	 * @return the free space
	 */
	long freeSpace() {
		try {
			FileStore store = Files.getFileStore(this.directory);
			return store.getUsableSpace();
		}
		catch (IOException ex) {
			return 0;
		}
	}

	@Override
	public void close() {
		this.lock.writeLock().lock();
		try {
			if (this.closed) {
				return;
			}
			this.closed = true;
			if (this.database != null) {
				this.database.close();
				this.database = null;
			}
			this.options.close();
			this.writeOptions.close();
			this.syncOptions.close();
		}
		finally {
			this.lock.writeLock().unlock();
		}
	}

}
