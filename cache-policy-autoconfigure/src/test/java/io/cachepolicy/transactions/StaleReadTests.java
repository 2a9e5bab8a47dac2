package io.cachepolicy.transactions;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.WritePolicy;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for reads that get an older row than there is: whatever they return, it does not
 * stay in the cache.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StaleReadTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private Fixture fixture;

	@BeforeAll
	void start() {
		this.fixture = new Fixture(Readers.class);
	}

	@AfterAll
	void stop() {
		this.fixture.close();
	}

	static Stream<Arguments> cases() {
		return Arrays.stream(WritePolicy.values())
			.flatMap((policy) -> Arrays.stream(Reader.values())
				.flatMap((reader) -> Arrays.stream(Situation.values())
					.filter((situation) -> situation.isPossible(reader))
					.flatMap((situation) -> Stream.of(true, false)
						.map((removes) -> Arguments.of(policy, reader, situation, removes)))));
	}

	@ParameterizedTest(name = "{0}, {1}, {2}, the row is removed: {3}")
	@MethodSource("cases")
	@DisplayName("R3: a read of an older row leaves nothing in the cache")
	void olderRowIsNotCached(WritePolicy policy, Reader reader, Situation situation, boolean removes) {
		PolicyCache cache = this.fixture.cache(policy);
		long id = this.fixture.newId();
		this.fixture.insert(id, "old");
		Runnable write = () -> this.fixture.inOtherThread(() -> write(cache, id, removes));
		Runnable read = () -> reader.read(this, cache, id, () -> {
		});
		situation.run(this, id, write, read, () -> reader.read(this, cache, id, write));
		Account row = this.fixture.repository().findById(id).orElse(null);
		assertThat(text(row)).isEqualTo((removes) ? null : "new");
		assertThat(text(cache.get(id, Account.class))).isEqualTo(text(row));
		assertThat(text(this.fixture.inOtherThread(() -> cache.get(id, Account.class)))).isEqualTo(text(row));
	}

	private boolean write(PolicyCache cache, long id, boolean removes) {
		if (removes) {
			cache.remove(id);
		}
		else {
			cache.put(id, this.fixture.repository().findById(id).orElseThrow().text("new"));
		}
		return cache.flush(TIMEOUT).remaining() == 0;
	}

	private static @Nullable String text(@Nullable Account account) {
		return (account != null) ? account.getText() : null;
	}

	/**
	 * Who reads. The last argument of each runs after the row was read.
	 */
	enum Reader {

		GET {

			@Override
			void read(StaleReadTests tests, PolicyCache cache, long id, Runnable afterwards) {
				cache.get(id, Account.class);
			}

		},

		GET_ALL {

			@Override
			void read(StaleReadTests tests, PolicyCache cache, long id, Runnable afterwards) {
				cache.getAll(List.of(id));
			}

		},

		LOADER {

			@Override
			void read(StaleReadTests tests, PolicyCache cache, long id, Runnable afterwards) {
				cache.get(id, () -> readers(tests).load(id, afterwards));
			}

		},

		POLICY_CACHED {

			@Override
			void read(StaleReadTests tests, PolicyCache cache, long id, Runnable afterwards) {
				switch (cache.getPolicy()) {
					case WRITE_THROUGH -> readers(tests).through(id, afterwards);
					case WRITE_BACK -> readers(tests).back(id, afterwards);
					case WRITE_AROUND -> readers(tests).around(id, afterwards);
				}
			}

		},

		CACHEABLE {

			@Override
			void read(StaleReadTests tests, PolicyCache cache, long id, Runnable afterwards) {
				switch (cache.getPolicy()) {
					case WRITE_THROUGH -> readers(tests).cacheableThrough(id, afterwards);
					case WRITE_BACK -> readers(tests).cacheableBack(id, afterwards);
					case WRITE_AROUND -> readers(tests).cacheableAround(id, afterwards);
				}
			}

		};

		abstract void read(StaleReadTests tests, PolicyCache cache, long id, Runnable afterwards);

		private static ReadingService readers(StaleReadTests tests) {
			return tests.fixture.bean(ReadingService.class);
		}

	}

	/**
	 * Why a read gets an older row.
	 */
	enum Situation {

		/**
		 * It began before the write.
		 */
		SLOW {

			@Override
			boolean isPossible(Reader reader) {
				return reader.compareTo(Reader.LOADER) >= 0;
			}

			@Override
			void run(StaleReadTests tests, long id, Runnable write, Runnable read, Runnable slowRead) {
				slowRead.run();
			}

		},

		/**
		 * Its transaction sees a snapshot.
		 */
		SNAPSHOT {

			@Override
			void run(StaleReadTests tests, long id, Runnable write, Runnable read, Runnable slowRead) {
				snapshot(tests, id, false, write, read);
			}

		},

		READ_ONLY_SNAPSHOT {

			@Override
			void run(StaleReadTests tests, long id, Runnable write, Runnable read, Runnable slowRead) {
				snapshot(tests, id, true, write, read);
			}

		},

		/**
		 * Its transaction loaded the entity before.
		 */
		TRANSACTION {

			@Override
			void run(StaleReadTests tests, long id, Runnable write, Runnable read, Runnable slowRead) {
				new TransactionTemplate(tests.fixture.jpa()).executeWithoutResult((status) -> {
					tests.fixture.repository().findById(id);
					write.run();
					read.run();
				});
			}

		},

		/**
		 * A persistence context is open, as during a web request, and holds the entity.
		 */
		OPEN_IN_VIEW {

			@Override
			void run(StaleReadTests tests, long id, Runnable write, Runnable read, Runnable slowRead) {
				EntityManagerFactory factory = Objects.requireNonNull(tests.fixture.jpa().getEntityManagerFactory());
				try (EntityManager view = factory.createEntityManager()) {
					TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(view));
					tests.fixture.repository().findById(id);
					write.run();
					read.run();
				}
				finally {
					TransactionSynchronizationManager.unbindResource(factory);
				}
			}

		};

		boolean isPossible(Reader reader) {
			return true;
		}

		abstract void run(StaleReadTests tests, long id, Runnable write, Runnable read, Runnable slowRead);

		private static void snapshot(StaleReadTests tests, long id, boolean readOnly, Runnable write, Runnable read) {
			TransactionTemplate template = new TransactionTemplate(tests.fixture.jpa());
			template.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
			template.setReadOnly(readOnly);
			template.executeWithoutResult((status) -> {
				tests.fixture.jdbc().queryForObject("select count(*) from account", Long.class);
				write.run();
				read.run();
			});
		}

	}

	/**
	 * Reads by annotated methods, and does something after it has read the row.
	 */
	static class ReadingService {

		private final AccountRepository repository;

		ReadingService(AccountRepository repository) {
			this.repository = repository;
		}

		@Nullable Account load(long id, Runnable afterwards) {
			Optional<Account> account = this.repository.findById(id);
			afterwards.run();
			return account.orElse(null);
		}

		@PolicyCached(cache = "through", key = "#id")
		@Nullable Account through(long id, Runnable afterwards) {
			return load(id, afterwards);
		}

		@PolicyCached(cache = "back", key = "#id")
		@Nullable Account back(long id, Runnable afterwards) {
			return load(id, afterwards);
		}

		@PolicyCached(cache = "around", key = "#id")
		@Nullable Account around(long id, Runnable afterwards) {
			return load(id, afterwards);
		}

		@Cacheable(cacheNames = "through", key = "#id")
		@Nullable Account cacheableThrough(long id, Runnable afterwards) {
			return load(id, afterwards);
		}

		@Cacheable(cacheNames = "back", key = "#id")
		@Nullable Account cacheableBack(long id, Runnable afterwards) {
			return load(id, afterwards);
		}

		@Cacheable(cacheNames = "around", key = "#id")
		@Nullable Account cacheableAround(long id, Runnable afterwards) {
			return load(id, afterwards);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Readers {

		@Bean
		ReadingService readingService(AccountRepository repository) {
			return new ReadingService(repository);
		}

	}

}
