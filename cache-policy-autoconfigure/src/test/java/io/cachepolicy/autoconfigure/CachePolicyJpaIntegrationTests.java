package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.interceptor.PolicyCachedConfiguration;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.BeanFactoryTransactionAttributeSourceAdvisor;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CachePolicyAutoConfiguration} in an application with a database.
 */
@ExtendWith(OutputCaptureExtension.class)
class CachePolicyJpaIntegrationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class,
				CachePolicyCheckAutoConfiguration.class, CacheAutoConfiguration.class,
				DataSourceAutoConfiguration.class, HibernateJpaAutoConfiguration.class,
				DataJpaRepositoriesAutoConfiguration.class, TransactionAutoConfiguration.class,
				TransactionManagerCustomizationAutoConfiguration.class, AopAutoConfiguration.class))
		.withUserConfiguration(ApplicationConfiguration.class)
		.withPropertyValues("spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create-drop");

	@Test
	@DisplayName("S1: no bean cycle with the EntityManagerFactory, and no early beans")
	void startHasNoBeanCycleAndNoEarlyBeans(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(EntityManagerFactory.class);
			assertThat(output).doesNotContain("not eligible");
		});
	}

	@Test
	void storeIsInferredFromMethods() {
		this.runner.run((context) -> {
			context.getBean(BookService.class).write(new Book(1L, "one"));
			assertThat(context.getBean(BookRepository.class).findById(1L)).map(Book::getTitle).contains("one");
			assertThat(context.getBean(BookService.class).find(1L)).map(Book::getTitle).contains("one");
			context.getBean(BookService.class).remove(1L);
			assertThat(context.getBean(BookRepository.class).findById(1L)).isEmpty();
		});
	}

	@Test
	void writeBackIsFlushed() {
		this.runner
			.withPropertyValues("cache-policy.defaults.policy=write-back",
					"cache-policy.defaults.write-back.flush-interval=1h")
			.run((context) -> {
				context.getBean(BookService.class).write(new Book(1L, "one"));
				assertThat(context.getBean(BookRepository.class).findById(1L)).isEmpty();
				assertThat(context.getBean(PolicyCacheManager.class).flush(Duration.ofSeconds(10)))
					.isEqualTo(new FlushReport(1, 0, 0));
				assertThat(context.getBean(BookRepository.class).findById(1L)).isPresent();
			});
	}

	@Test
	void transactionIsBetweenReadAndWrite() {
		this.runner.run((context) -> {
			List<Advisor> advisors = Arrays.asList(((Advised) context.getBean(BookService.class)).getAdvisors());
			Advisor read = context.getBean("policyCachedReadAdvisor", Advisor.class);
			Advisor write = context.getBean("policyCachedWriteAdvisor", Advisor.class);
			Advisor transaction = context.getBean(BeanFactoryTransactionAttributeSourceAdvisor.class);
			assertThat(advisors).containsSubsequence(read, transaction, write);
			assertThat(context).hasSingleBean(PolicyCachedConfiguration.class);
		});
	}

	@Test
	void writeWhenTransactionOfMethodRollsBackLeavesNoTrace() {
		this.runner.run((context) -> {
			BookService service = context.getBean(BookService.class);
			service.write(new Book(1L, "one"));
			assertThatIllegalStateException().isThrownBy(() -> context.getBean(Shop.class).fail(new Book(1L, "two")));
			assertThat(service.find(1L)).map(Book::getTitle).contains("one");
			assertThat(context.getBean(BookRepository.class).findById(1L)).map(Book::getTitle).contains("one");
		});
	}

	@Test
	void writeWhenEntityHasNoRepositoryFails() {
		this.runner.withPropertyValues("cache-policy.caches.others.entity=java.lang.String")
			.run((context) -> assertThat(context).hasFailed());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@EntityScan(basePackageClasses = CachePolicyJpaIntegrationTests.class)
	@EnableJpaRepositories(considerNestedRepositories = true)
	static class ApplicationConfiguration {

		@Bean
		BookService bookService(BookRepository books) {
			return new BookService(books);
		}

		@Bean
		Shop shop(BookService bookService) {
			return new Shop(bookService);
		}

	}

	@Entity(name = "WiredBook")
	static class Book {

		@Id
		private Long id;

		private String title;

		protected Book() {
		}

		Book(Long id, String title) {
			this.id = id;
			this.title = title;
		}

		Long getId() {
			return this.id;
		}

		String getTitle() {
			return this.title;
		}

	}

	interface BookRepository extends JpaRepository<Book, Long> {

	}

	@Transactional
	static class BookService {

		private final BookRepository books;

		BookService(BookRepository books) {
			this.books = books;
		}

		@PolicyCached("books")
		Optional<Book> find(long id) {
			return this.books.findById(id);
		}

		@PolicyCached(cache = "books", operation = WRITE)
		Book write(Book book) {
			return book;
		}

		@PolicyCached(cache = "books", operation = REMOVE)
		void remove(long id) {
		}

	}

	static class Shop {

		private final BookService books;

		Shop(BookService books) {
			this.books = books;
		}

		@Transactional
		void fail(Book book) {
			this.books.write(book);
			throw new IllegalStateException("later");
		}

	}

}
