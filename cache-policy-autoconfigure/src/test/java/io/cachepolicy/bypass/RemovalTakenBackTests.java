package io.cachepolicy.bypass;

import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for removals that JPA takes back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemovalTakenBackTests {

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private JdbcTemplate jdbc;

	private EntityManager manager;

	private PolicyCache cache;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start();
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.manager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
		this.cache = Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("write-through"));
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.jdbc.execute("truncate table ware, ware_tags, crate cascade");
		this.jdbc.execute("insert into crate (id) values (1)");
		this.jdbc.execute("insert into ware (id, price, stock, crate) values (1, 1, 0, 1)");
		this.cache.clear();
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_AROUND" })
	@DisplayName("W2: a removal that a loaded instance takes back by a cascade is an exception that says so")
	void removalThatIsTakenBackFails(WritePolicy policy) {
		this.cache.get(1L, Ware.class);
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
			.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
				this.manager.find(Crate.class, 1L).getWares().size();
				this.cache.withPolicy(policy).remove(1L);
			}))
			.withMessageContaining("Ware with id '1' was not deleted")
			.withMessageContaining("cascade");
		assertThat(this.cache.get(1L, Ware.class)).isNotNull();
		assertThat(this.jdbc.queryForObject("select count(*) from ware", Integer.class)).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_AROUND" })
	@DisplayName("W2: a removal that is taken out of the collection as well is one")
	void removalThatIsNotTakenBackSucceeds(WritePolicy policy) {
		this.transaction.executeWithoutResult((status) -> {
			this.manager.find(Crate.class, 1L).getWares().clear();
			this.cache.withPolicy(policy).remove(1L);
		});
		assertThat(this.cache.get(1L, Ware.class)).isNull();
		assertThat(this.jdbc.queryForObject("select count(*) from ware", Integer.class)).isZero();
	}

}
