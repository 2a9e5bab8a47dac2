package io.cachepolicy.journal;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * Where and how pending writes of durable caches are recorded.
 */
@ConfigurationProperties("cache-policy.journal")
public class JournalProperties {

	/**
	 * Directory for the records of durable caches, of one process alone. Needed as soon
	 * as a cache is durable.
	 */
	private @Nullable Path directory;

	/**
	 * What a write waits for before it returns.
	 */
	private Sync sync = Sync.GROUP;

	/**
	 * What a write of a durable cache meets when it can't be recorded.
	 */
	private OnFailure onFailure = OnFailure.REJECT;

	/**
	 * Space on the disk that writes leave free, so that flushes can go on.
	 */
	private DataSize minimumFreeSpace = DataSize.ofMegabytes(64);

	public @Nullable Path getDirectory() {
		return this.directory;
	}

	public void setDirectory(@Nullable Path directory) {
		this.directory = directory;
	}

	public Sync getSync() {
		return this.sync;
	}

	public void setSync(Sync sync) {
		this.sync = sync;
	}

	public OnFailure getOnFailure() {
		return this.onFailure;
	}

	public void setOnFailure(OnFailure onFailure) {
		this.onFailure = onFailure;
	}

	public DataSize getMinimumFreeSpace() {
		return this.minimumFreeSpace;
	}

	public void setMinimumFreeSpace(DataSize minimumFreeSpace) {
		this.minimumFreeSpace = minimumFreeSpace;
	}

	/**
	 * What a write waits for.
	 */
	public enum Sync {

		/**
		 * The disk has it: it survives a power loss. Writers of the same time share one
		 * sync.
		 */
		GROUP,

		/**
		 * The operating system has it: it survives the end of the process, however it
		 * ends.
		 */
		OS

	}

	/**
	 * What a write meets that can't be recorded.
	 */
	public enum OnFailure {

		/**
		 * The write is refused.
		 */
		REJECT,

		/**
		 * The write goes to the store at once.
		 */
		WRITE_THROUGH

	}

}
