package io.cachepolicy.benchmarks.runs;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.benchmarks.Database;
import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.app.AbstractProduct;
import io.cachepolicy.benchmarks.app.Product;
import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.benchmarks.app.ShopCaches;
import io.cachepolicy.benchmarks.app.VersionedProduct;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerGroup;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PostUpdateEvent;
import org.hibernate.event.spi.PostUpdateEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What it costs to follow what the application writes without the cache.
 */
public final class Tracking implements Study {

	private static final String COLUMNS = " (id, name, description, price, stock, available, changed%s) select i, 'n', 'd', 1, 1, true, now()%s from generate_series(1, %d) i";

	@Override
	public void run(Scale scale, Report report) {
		report.section("Following changes",
				"""
						Processor time of the thread that writes, which others on the machine disturb less. *Event*: entities are \
						changed in a transaction and flushed, then what Hibernate told its listeners of them is told to the one \
						of this product. They were written \
						long before by then, so that a listener that does nothing takes a while as well. *Commit*: the commit of that transaction, less that of one without those events. Medians of \
						the transactions; all entities that are cached have an entry. *Look-ups*: medians, and for the two caches the median of the ratios of rounds in turns.""");
		try (Database database = Database.start();
				ConfigurableApplicationContext context = ShopApplication.start(database,
						"cache-policy.caches.products.entity=" + Product.class.getName(),
						"cache-policy.caches.untracked.entity=" + Product.class.getName(),
						"cache-policy.caches.untracked.track-changes=false",
						"spring.jpa.properties.hibernate.jdbc.batch_size=500")) {
			int rows = scale.of(2000, 20);
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			jdbc.execute("insert into product" + COLUMNS.formatted("", "", rows));
			jdbc.execute("insert into versioned_product" + COLUMNS.formatted(", version", ", 0", rows));
			Lookups lookups = new Lookups(context, rows);
			Writer writer = new Writer(context);
			double[] cached = writer.measure(scale, Product.class, lookups::fill);
			double[] others = writer.measure(scale, VersionedProduct.class, lookups::fill);
			Table table = new Table("entity", "event (ns)", "commit (ns)", "sum (ns)");
			table.row("cached", cached[0], cached[1], cached[0] + cached[1]);
			table.row("not cached", others[0], others[1], others[0] + others[1]);
			table.row("told to a listener that does nothing", others[2], "", "");
			table.row("an entry that bare Caffeine drops", "", "", dropFromCaffeine(scale, rows));
			report.table(table);
			report.atMost("ns to follow an entity that is cached", 100, cached[0] + cached[1]);
			report.atMost("ns to follow an entity that is not cached", 10, others[0] + others[1]);
			report.atMost("hits where changes are followed, of those where they are not", 1.1,
					lookups.measure(scale, lookups::hitTracked, lookups::hitUntracked));
			double hit = lookups.median(scale, lookups::hitTracked);
			double repeated = lookups.median(scale, lookups::repeat);
			Table lookupTimes = new Table("look-up", "ns");
			lookupTimes.row("a hit", hit);
			lookupTimes.row("repeated in the transaction that loaded it", repeated);
			report.table(lookupTimes);
			report.atMost("repeated look-ups of a transaction, of hits", 2, repeated / hit);
		}
	}

	private static double dropFromCaffeine(Scale scale, int rows) {
		Cache<Long, Object> cache = Caffeine.newBuilder().maximumSize(10_000).build();
		double[] rounds = new double[scale.of(60, 1)];
		for (int round = 0; round < rounds.length; round++) {
			List<Long> keys = LongStream.rangeClosed(1, rows).boxed().toList();
			keys.forEach((key) -> cache.put(key, key));
			long start = processorTime();
			keys.forEach(cache::invalidate);
			rounds[round] = (processorTime() - start) / (double) rows;
		}
		return Measure.median(Arrays.copyOfRange(rounds, rounds.length / 2, rounds.length));
	}

	private static long processorTime() {
		return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
	}

	/**
	 * Writes without the cache.
	 */
	private static final class Writer {

		private final PlatformTransactionManager transactions;

		private final EntityManager entityManager;

		private final EventListenerGroup<PostUpdateEventListener> listeners;

		private int revision;

		Writer(ConfigurableApplicationContext context) {
			this.transactions = context.getBean(PlatformTransactionManager.class);
			EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
			this.entityManager = SharedEntityManagerCreator.createSharedEntityManager(factory);
			this.listeners = factory.unwrap(SessionFactoryImplementor.class)
				.getEventEngine()
				.getListenerRegistry()
				.getEventListenerGroup(EventType.POST_UPDATE);
		}

		/**
		 * Measure what it costs per entity to be told of it.
		 * @param scale how often
		 * @param type the entity
		 * @param before run before each transaction
		 * @return the nanoseconds of the event, and of the commit, and of the event for a
		 * listener that does nothing
		 */
		double[] measure(Scale scale, Class<? extends AbstractProduct> type, Runnable before) {
			int rounds = scale.of(60, 1);
			List<double[]> told = new ArrayList<>();
			List<double[]> untold = new ArrayList<>();
			List<double[]> ignored = new ArrayList<>();
			PostUpdateEventListener own = own();
			for (int i = 0; i < rounds; i++) {
				before.run();
				told.add(write(type, own));
				before.run();
				untold.add(write(type, null));
				ignored.add(write(type, new Ignorer()));
			}
			return new double[] { median(told, 0), median(told, 1) - median(untold, 1), median(ignored, 0) };
		}

		private static double median(List<double[]> rounds, int column) {
			// The first half warms up
			return Measure
				.median(rounds.stream().skip(rounds.size() / 2).mapToDouble((round) -> round[column]).toArray());
		}

		private double[] write(Class<? extends AbstractProduct> type, @Nullable PostUpdateEventListener listener) {
			TransactionStatus status = this.transactions.getTransaction(null);
			this.revision++;
			this.entityManager.createQuery("select p from " + type.getSimpleName() + " p", type)
				.getResultList()
				.forEach((product) -> product.revise(this.revision));
			List<PostUpdateEvent> events = flush();
			long start = processorTime();
			if (listener != null) {
				events.forEach(listener::onPostUpdate);
			}
			long end = processorTime();
			this.entityManager.clear();
			long commit = processorTime();
			this.transactions.commit(status);
			return new double[] { (end - start) / (double) events.size(),
					(processorTime() - commit) / (double) events.size() };
		}

		private PostUpdateEventListener own() {
			return registered().stream()
				.filter((listener) -> listener.getClass().getName().startsWith("io.cachepolicy.jpa"))
				.findFirst()
				.orElseThrow();
		}

		private List<PostUpdateEventListener> registered() {
			List<PostUpdateEventListener> registered = new ArrayList<>();
			this.listeners.fireEventOnEachListener(registered, (listener, found) -> found.add(listener));
			return registered;
		}

		/**
		 * Flush, and keep from the listeners what Hibernate tells.
		 * @return what it told
		 */
		private List<PostUpdateEvent> flush() {
			List<PostUpdateEventListener> registered = registered();
			Recorder recorder = new Recorder();
			this.listeners.clearListeners();
			try {
				this.listeners.appendListener(recorder);
				this.entityManager.flush();
			}
			finally {
				this.listeners.clearListeners();
				this.listeners.appendListeners(registered.toArray(PostUpdateEventListener[]::new));
			}
			return recorder.events;
		}

	}

	/**
	 * Keeps events.
	 */
	@SuppressWarnings("serial")
	private static final class Recorder implements PostUpdateEventListener {

		private final transient List<PostUpdateEvent> events = new ArrayList<>();

		@Override
		public void onPostUpdate(PostUpdateEvent event) {
			this.events.add(event);
		}

		@Override
		public boolean requiresPostCommitHandling(EntityPersister persister) {
			return false;
		}

	}

	/**
	 * Looks at events.
	 */
	@SuppressWarnings("serial")
	private static final class Ignorer implements PostUpdateEventListener {

		private transient @Nullable EntityPersister last;

		@Override
		public void onPostUpdate(PostUpdateEvent event) {
			if (event.getPersister() != this.last) {
				this.last = event.getPersister();
			}
		}

		@Override
		public boolean requiresPostCommitHandling(EntityPersister persister) {
			return false;
		}

	}

	/**
	 * Reads from the caches.
	 */
	private static final class Lookups {

		private final PolicyCache tracked;

		private final PolicyCache untracked;

		private final TransactionTemplate transaction;

		private final List<Long> keys;

		Lookups(ConfigurableApplicationContext context, int rows) {
			this.tracked = ShopCaches.get(context, "products");
			this.untracked = ShopCaches.get(context, "untracked");
			this.transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
			this.keys = LongStream.rangeClosed(1, rows).boxed().toList();
		}

		void fill() {
			this.tracked.getAll(this.keys);
			this.untracked.getAll(this.keys);
		}

		/**
		 * Return the time of a kind of look-ups.
		 * @param scale how often
		 * @param round yields the nanoseconds
		 * @return the median of the second half
		 */
		double median(Scale scale, Round round) {
			double[] rounds = new double[scale.of(20, 1)];
			for (int i = 0; i < rounds.length; i++) {
				fill();
				rounds[i] = round.run();
			}
			return Measure.median(Arrays.copyOfRange(rounds, rounds.length / 2, rounds.length));
		}

		double hitTracked() {
			return hit(this.tracked);
		}

		double hitUntracked() {
			return hit(this.untracked);
		}

		/**
		 * Read what the transaction has loaded itself.
		 * @return the nanoseconds of a look-up
		 */
		double repeat() {
			this.tracked.clear();
			double nanos = Objects.requireNonNull(this.transaction.execute((status) -> {
				this.tracked.getAll(this.keys);
				return hit(this.tracked);
			}));
			fill();
			return nanos;
		}

		private double hit(PolicyCache cache) {
			long start = processorTime();
			long stock = 0;
			for (int i = 0; i < 50; i++) {
				for (Long key : this.keys) {
					stock += Objects.requireNonNull(cache.get(key, Product.class)).getStock();
				}
			}
			double nanos = (processorTime() - start) / (50.0 * this.keys.size());
			if (stock == 0) {
				throw new IllegalStateException("Nothing was read");
			}
			return nanos;
		}

		/**
		 * Compare two kinds of look-ups.
		 * @param scale how often
		 * @param first yields the nanoseconds of the one
		 * @param second yields those of the other
		 * @return the median of the ratios
		 */
		double measure(Scale scale, Round first, Round second) {
			double[] ratios = new double[scale.of(40, 2)];
			for (int i = 0; i < ratios.length; i++) {
				fill();
				ratios[i] = first.run() / second.run();
			}
			return Measure.median(Arrays.copyOfRange(ratios, ratios.length / 2, ratios.length));
		}

	}

	/**
	 * A round of look-ups.
	 */
	@FunctionalInterface
	private interface Round {

		double run();

	}

}
