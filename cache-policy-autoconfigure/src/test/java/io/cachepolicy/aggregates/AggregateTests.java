package io.cachepolicy.aggregates;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.aggregates.Clinic.Card;
import io.cachepolicy.aggregates.Clinic.Club;
import io.cachepolicy.aggregates.Clinic.Owner;
import io.cachepolicy.aggregates.Clinic.Pet;
import io.cachepolicy.aggregates.Clinic.Visit;
import io.cachepolicy.jpa.aggregate.Aggregates;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.testsupport.Postgres;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that an entry is dropped when a row of the graph that it holds changes, and only
 * then.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AggregateTests {

	private ConfigurableApplicationContext context;

	/**
	 * Another instance of the application, on the same database.
	 */
	private ConfigurableApplicationContext other;

	private TransactionTemplate transaction;

	private JdbcTemplate jdbc;

	private GraphChange.Access access;

	@BeforeAll
	void start() {
		String url = Postgres.createDatabase() + "&options=-c%20synchronous_commit=off";
		this.context = start(url, "create");
		this.other = start(url, "none");
		this.context.getBean(Wire.class).connect(this.other.getBean(Wire.class));
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.access = new GraphChange.Access(this.context.getBean(PetRepository.class),
				this.context.getBean(VisitRepository.class),
				SharedEntityManagerCreator.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class)));
	}

	private static ConfigurableApplicationContext start(String url, String ddl) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + url, "spring.jpa.hibernate.ddl-auto=" + ddl,
					"spring.main.banner-mode=off", "logging.level.root=error", "logging.level.org.hibernate=off",
					"cache-policy.defaults.write-back.flush-interval=1h", cache("owners", Owner.class),
					cache("owners-back", Owner.class), "cache-policy.caches.owners-back.policy=write-back",
					cache("pets", Pet.class), cache("visits", Visit.class), cache("clubs", Club.class))
			.run();
	}

	private static String cache(String name, Class<?> entity) {
		return "cache-policy.caches." + name + ".entity=" + entity.getName();
	}

	@AfterAll
	void stop() {
		this.other.close();
		this.context.close();
	}

	@BeforeEach
	void fill() {
		this.jdbc.execute(String.join(";", "delete from note", "delete from visit", "delete from pet_tags",
				"delete from cat", "delete from pet", "delete from card", "delete from owner_clubs", "delete from club",
				"delete from owner", "delete from town", "delete from species",
				"insert into town (id, name) values (1, 'town')",
				"insert into species (id, name) values (1, 'dog'), (2, 'cat')",
				"insert into owner (id, name, town_id) values (1, 'one', 1), (2, 'two', null), (3, 'three', null)",
				"insert into card (id, name, owner_id) values (1, 'card', 1)",
				"insert into club (id, name) values (1, 'club'), (3, 'other')",
				"insert into owner_clubs (members_id, clubs_id) values (1, 1), (2, 1), (3, 3)",
				"insert into pet (id, name, owner_id, species_id) values (1, 'a', 1, 1), (2, 'b', 1, 2), (3, 'c', 3, null)",
				"insert into cat (id, lives) values (2, 7)",
				"insert into visit (id, name, pet_id) values (1, 'visit', 1)",
				"insert into note (id, name, pet_id) values (1, 'note', 1), (2, 'other', 3)",
				"insert into pet_tags (pet_id, tags) values (1, 'tag')"));
		manager().invalidate(Owner.class);
	}

	private PolicyCacheManager manager() {
		return this.context.getBean(PolicyCacheManager.class);
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(manager().getCache(name));
	}

	private PolicyCache cacheOfOther(String name) {
		return Objects.requireNonNull(this.other.getBean(PolicyCacheManager.class).getCache(name));
	}

	private String readByOtherInstance(String cache) {
		return String.valueOf(cacheOfOther(cache).get(1L, Object.class));
	}

	private String read(String cache) {
		return String.valueOf(cache(cache).get(1L, Object.class));
	}

	private String readByOther(String cache) {
		return CompletableFuture.supplyAsync(() -> read(cache)).join();
	}

	private String stored() {
		this.access.manager().flush();
		this.access.manager().clear();
		String stored = String.valueOf(this.access.find(Owner.class, 1));
		this.access.manager().clear();
		return stored;
	}

	private String change(GraphChange change, String before) {
		change.change(this.access);
		String changed = stored();
		assertThat(changed).isNotEqualTo(before);
		return changed;
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7: a change inside of the graph is seen by its transaction at once, by others after the commit")
	void committedChangeIsSeen(GraphChange change) {
		String before = read("owners");
		assertThat(read("owners-back")).isEqualTo(before);
		String changed = this.transaction.execute((status) -> {
			String stored = change(change, before);
			assertThat(read("owners")).isEqualTo(stored);
			assertThat(readByOther("owners")).isEqualTo(before);
			assertThat(read("owners")).isEqualTo(stored);
			return stored;
		});
		assertThat(read("owners")).isEqualTo(changed);
		assertThat(readByOther("owners-back")).isEqualTo(changed);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7: a change inside of the graph that is rolled back leaves no trace")
	void changeThatIsRolledBackIsNotSeen(GraphChange change) {
		String before = read("owners");
		this.transaction.executeWithoutResult((status) -> {
			assertThat(change(change, before)).isEqualTo(read("owners"));
			status.setRollbackOnly();
		});
		assertThat(read("owners")).isEqualTo(before);
		assertThat(readByOther("owners")).isEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7: an entry that is made while a transaction changes its graph does not outlive it")
	void entryMadeMeanwhileIsDropped(GraphChange change) {
		String before = this.transaction.execute((status) -> stored());
		this.transaction.executeWithoutResult((status) -> {
			String changed = change(change, Objects.requireNonNull(before));
			assertThat(readByOther("owners")).isEqualTo(before);
			assertThat(read("owners")).isEqualTo(changed);
		});
		assertThat(read("owners")).isNotEqualTo(before);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7, C1: a change inside of a graph that another instance alone holds is seen there after the commit")
	void committedChangeIsSeenByAnotherInstance(GraphChange change) {
		String before = readByOtherInstance("owners");
		assertThat(readByOtherInstance("owners-back")).isEqualTo(before);
		String changed = this.transaction.execute((status) -> {
			String stored = change(change, before);
			assertThat(readByOtherInstance("owners")).isEqualTo(before);
			return stored;
		});
		assertThat(readByOtherInstance("owners")).isEqualTo(changed);
		assertThat(readByOtherInstance("owners-back")).isEqualTo(changed);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7: only entries that hold a row that was changed are dropped, here and in another instance")
	void otherEntriesStay(GraphChange change) {
		if (change.name().endsWith("BY_STATEMENT") || change.name().endsWith("BY_SQL")
				|| change.name().endsWith("IN_BATCH") || change.name().contains("STATELESS")
				|| change.name().endsWith("BY_SELECT") || change.name().startsWith("MEMBER_JOINED")
				|| change == GraphChange.ELEMENT_JOINED || change == GraphChange.NESTED_ELEMENT_MOVED_BY_COLUMN
				|| change == GraphChange.TO_ONE_BACK_DELETED || change == GraphChange.ELEMENT_DELETED) {
			return;
		}
		cache("owners").get(3L, Owner.class);
		cacheOfOther("owners").get(3L, Owner.class);
		this.jdbc.update("update owner set name = 'unseen' where id = 3");
		this.transaction.executeWithoutResult((status) -> change.change(this.access));
		assertThat(cache("owners").get(3L, Owner.class)).asString().startsWith("three");
		assertThat(cacheOfOther("owners").get(3L, Owner.class)).asString().startsWith("three");
	}

	static Stream<Arguments> readers() {
		return Stream.of(Arguments.of("owners", 1L), Arguments.of("pets", 1L), Arguments.of("clubs", 1L));
	}

	@ParameterizedTest
	@MethodSource("readers")
	@DisplayName("R7: a shared part is followed by all entries and caches that hold it")
	void sharedPartIsFollowed(String cache, long key) {
		cache("owners").get(2L, Owner.class);
		String before = String.valueOf(cache(cache).get(key, Object.class));
		this.transaction.executeWithoutResult((status) -> {
			this.access.find(Club.class, 1).setName("new");
			this.access.find(Pet.class, 1).setName("new");
		});
		assertThat(cache(cache).get(key, Object.class)).asString().isNotEqualTo(before);
		assertThat(cache("owners").get(2L, Owner.class)).asString().contains("new with");
	}

	@Test
	@DisplayName("R7: a visit that is written through its own cache is seen in the owner, without invalidates")
	void writeThroughAnotherCacheIsSeen() {
		read("owners");
		read("owners-back");
		cache("visits").put(1L, new Visit(1, "written"));
		assertThat(read("owners")).contains("visits [written]");
		assertThat(read("owners-back")).contains("visits [written]");
		cache("visits").remove(1L);
		assertThat(read("owners")).contains("visits []");
		Pet pet = Objects.requireNonNull(cache("pets").get(1L, Pet.class));
		readByOtherInstance("owners");
		pet.visits.add(new Visit(5, "posted"));
		cache("pets").put(1L, pet);
		assertThat(readByOtherInstance("owners")).contains("visits [posted]");
		assertThat(read("owners")).contains("visits [posted]");
		assertThat(read("owners-back")).contains("visits [posted]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "owners", "owners-back" })
	@DisplayName("R6: a write of a graph evicts nothing of its own, but what others hold of it")
	void ownWriteStays(String cache) {
		read("pets");
		cacheOfOther("pets").get(1L, Pet.class);
		Owner owner = Objects.requireNonNull(cache(cache).get(1L, Owner.class));
		owner.setName("written");
		owner.pets.forEach((pet) -> pet.setName("new"));
		cache(cache).put(1L, owner);
		cache(cache).flush(Duration.ofSeconds(10));
		this.jdbc.update("update owner set name = 'unseen'");
		assertThat(read(cache)).startsWith("written").contains("pets [new a");
		assertThat(read("pets")).startsWith("new a");
		assertThat(cacheOfOther("pets").get(1L, Pet.class)).asString().startsWith("new a");
		cache(cache).evict(1L);
		assertThat(read(cache)).startsWith("unseen");
	}

	@Test
	@DisplayName("R6: a new graph that is written through is cached")
	void newGraphIsCached() {
		Owner owner = new Owner(7, "seven");
		Pet pet = new Pet();
		pet.id = 7;
		pet.name = "pet";
		pet.owner = owner;
		owner.pets.add(pet);
		cache("owners").put(7L, owner);
		this.jdbc.update("update owner set name = 'unseen'");
		assertThat(cache("owners").get(7L, Owner.class)).asString().startsWith("seven").contains("pet");
		this.transaction.executeWithoutResult((status) -> this.access.find(Pet.class, 7).setName("changed"));
		assertThat(cache("owners").get(7L, Owner.class)).asString().startsWith("unseen").contains("changed");
	}

	@Test
	@DisplayName("R7: one that is added where there was none is seen")
	void firstPartIsSeen() {
		cache("owners").get(2L, Owner.class);
		this.transaction.executeWithoutResult((status) -> this.access.manager()
			.persist(new Card(5, "first", this.access.manager().getReference(Owner.class, 2L))));
		assertThat(cache("owners").get(2L, Owner.class)).asString().contains("card first");
		cache("clubs").get(3L, Club.class);
		this.transaction.executeWithoutResult(
				(status) -> this.access.find(Owner.class, 2).clubs.add(this.access.find(Club.class, 3)));
		assertThat(cache("clubs").get(3L, Club.class)).asString().contains("two");
	}

	@Test
	@DisplayName("R2: what is pending is read with the graph that was written; once stored, it is dropped if a part had changed")
	void pendingGraph() {
		Owner owner = Objects.requireNonNull(cache("owners-back").get(1L, Owner.class));
		owner.setName("pending");
		cache("owners-back").put(1L, owner);
		this.transaction.executeWithoutResult((status) -> this.access.find(Club.class, 1).setName("new"));
		assertThat(read("owners-back")).startsWith("pending");
		cache("owners-back").flush(Duration.ofSeconds(10));
		assertThat(read("owners-back")).startsWith("pending").contains("clubs [new with");
	}

	@Test
	@DisplayName("R7: a persistence context that held a part before does not bring it into the cache")
	void olderPersistenceContextIsNotTrusted() {
		EntityManagerFactory factory = this.context.getBean(EntityManagerFactory.class);
		try (EntityManager manager = factory.createEntityManager()) {
			TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(manager));
			manager.find(Pet.class, 3L);
			CompletableFuture
				.runAsync(() -> this.transaction
					.executeWithoutResult((status) -> this.access.find(Pet.class, 3).setName("new")))
				.join();
			cache("owners").get(3L, Owner.class);
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
		}
		assertThat(cache("owners").get(3L, Owner.class)).asString().contains("pets [new");
	}

	@Test
	@DisplayName("R7: a part that is changed and not flushed is seen by its transaction")
	void unflushedPartIsSeen() {
		read("owners");
		this.transaction.executeWithoutResult((status) -> {
			this.access.find(Pet.class, 1).setName("dirty");
			assertThat(read("owners")).contains("dirty");
		});
	}

	@Test
	@DisplayName("R7: an entity whose associations are not loaded has no parts, and finding that out makes no collection")
	void unloadedAssociationsCostNothing() {
		Aggregates aggregates = new Aggregates(
				this.context.getBean(EntityManagerFactory.class).unwrap(SessionFactoryImplementor.class));
		Card card = this.context.getBean(EntityManagerFactory.class)
			.callInTransaction((manager) -> manager.find(Card.class, 1L));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		int parts = 0;
		for (int i = 0; i < 1000; i++) {
			parts += aggregates.partsOf(card).size();
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 1000; i++) {
			parts += aggregates.partsOf(card).size();
		}
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThanOrEqualTo(1000 * 16);
		assertThat(parts).isZero();
	}

	@Test
	@DisplayName("R7: invalidate drops what holds instances of an entity")
	void invalidateDropsHolders() {
		read("owners");
		this.jdbc.update("update visit set name = 'unseen'");
		manager().invalidate(Visit.class);
		assertThat(read("owners")).contains("unseen");
	}

	/**
	 * An application with caches that hold parts of each other's graphs.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	static class Application {

		@Bean
		Wire wire() {
			return new Wire();
		}

	}

	/**
	 * Leads from one instance to another one.
	 */
	static final class Wire implements ChangeChannel {

		private final List<Receiver> receivers = new CopyOnWriteArrayList<>();

		private volatile @Nullable Wire end;

		void connect(Wire end) {
			this.end = end;
		}

		private void tell(Consumer<Receiver> message) {
			Wire end = this.end;
			if (end != null) {
				end.receivers.forEach(message);
			}
		}

		@Override
		public void publish(String cacheName, Collection<?> keys) {
			tell((receiver) -> receiver.changed(cacheName, keys));
		}

		@Override
		public void publishAll(String cacheName) {
			tell((receiver) -> receiver.changedAll(cacheName));
		}

		@Override
		public void publishParts(String cacheName, Collection<PartName> parts) {
			tell((receiver) -> receiver.changedParts(cacheName, parts));
		}

		@Override
		public void subscribe(Receiver receiver) {
			this.receivers.add(receiver);
		}

	}

}
