package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.journal.JournalProperties.Sync;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PendingLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * The journal of an application: opens the logs of its durable caches, in one directory
 * that is opened with the first of them. Thread-safe.
 */
final class Journal implements PendingLog.Factory, DisposableBean, ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(Journal.class);

	private final JournalProperties properties;

	private final CodecFinder codecs;

	private final JournalCounts counts = new JournalCounts();

	private final Set<String> opened = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Parts parts;

	private boolean destroyed;

	Journal(JournalProperties properties, CodecFinder codecs) {
		this.properties = properties;
		this.codecs = codecs;
	}

	@Override
	public PendingLog open(String cacheName, BackingStore store) {
		Codecs found = this.codecs.find(cacheName, store);
		Parts parts = parts(cacheName);
		int cache = number(parts, cacheName);
		this.opened.add(cacheName);
		return new JournalLog(cache, store, found, parts.appender(), parts.admission(),
				new LogRecovery(cacheName, cache, parts.storage(), this.counts));
	}

	@Override
	public long size() {
		Parts parts = this.parts;
		return (parts != null) ? parts.storage().size() : 0;
	}

	private synchronized Parts parts(String cacheName) {
		Parts parts = this.parts;
		if (parts == null) {
			Path directory = this.properties.getDirectory();
			if (directory == null) {
				throw new InvalidPolicyCacheException(
						"Property '%s.write-back.durable' is true, but 'cache-policy.journal.directory' is not set"
							.formatted(CacheSpec.propertiesOf(cacheName)),
						"Set 'cache-policy.journal.directory' to a directory of this process alone.");
			}
			if (this.destroyed) {
				throw new IllegalStateException("The application has stopped");
			}
			parts = open(directory);
			this.parts = parts;
		}
		return parts;
	}

	private Parts open(Path path) {
		JournalDirectory directory = new JournalDirectory(path);
		Storage storage = directory.open();
		Appender appender = new Appender(storage, this.properties.getSync() == Sync.GROUP);
		Admission admission = new Admission(storage, appender, this.properties.getOnFailure(),
				this.properties.getMinimumFreeSpace().toBytes(), this.counts);
		return new Parts(directory, storage, appender, admission);
	}

	private synchronized int number(Parts parts, String cacheName) {
		byte[] key = Keys.cache(cacheName);
		byte[] known = parts.storage().get(key);
		if (known != null) {
			return ByteBuffer.wrap(known).getInt();
		}
		int number = numbers(parts).values().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
		parts.storage().write(List.of(Change.put(key, ByteBuffer.allocate(4).putInt(number).array())), true);
		return number;
	}

	private static Map<String, Integer> numbers(Parts parts) {
		Map<String, Integer> numbers = new TreeMap<>();
		parts.storage()
			.scan(new byte[] { (byte) Keys.CACHE },
					(key, value) -> numbers.put(Keys.cacheName(key), ByteBuffer.wrap(value).getInt()));
		return numbers;
	}

	/**
	 * Look for records of caches that are not durable any more.
	 */
	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		leftovers().forEach((cacheName, count) -> logger.warn(
				("'cache-policy.journal.directory' has %d records of the cache '%s', which is not there or not durable: they are kept. "
						+ "Declare the cache with '%s.write-back.durable' to store them")
					.formatted(count, cacheName, CacheSpec.propertiesOf(cacheName))));
	}

	/**
	 * Return how many records there are of caches that this process does not have.
	 * @return the numbers by the names of caches
	 */
	Map<String, Integer> leftovers() {
		Parts parts = this.parts;
		Map<String, Integer> leftovers = new LinkedHashMap<>();
		if (parts != null) {
			numbers(parts).forEach((cacheName, number) -> {
				int count = (this.opened.contains(cacheName)) ? 0 : count(parts, number);
				if (count > 0) {
					leftovers.put(cacheName, count);
				}
			});
		}
		return leftovers;
	}

	private static int count(Parts parts, int cache) {
		int[] count = new int[1];
		Stream.of(Keys.PENDING, Keys.PROMISED, Keys.UNREADABLE, Keys.UNREADABLE_LETTER)
			.forEach((type) -> parts.storage().scan(Keys.prefix(type, cache), (key, value) -> count[0]++));
		return count[0];
	}

	@Nullable Parts parts() {
		return this.parts;
	}

	JournalCounts counts() {
		return this.counts;
	}

	@Override
	public synchronized void destroy() {
		this.destroyed = true;
		Parts parts = this.parts;
		if (parts != null) {
			parts.admission().forceQuietly();
			parts.storage().close();
		}
	}

	/**
	 * What is open.
	 *
	 * @param directory where it is
	 * @param storage the records
	 * @param appender takes records
	 * @param admission says whether there is room for records
	 */
	record Parts(JournalDirectory directory, Storage storage, Appender appender, Admission admission) {

	}

}
