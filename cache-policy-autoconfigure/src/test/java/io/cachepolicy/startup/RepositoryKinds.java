package io.cachepolicy.startup;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.startup.shelves.Book;
import io.cachepolicy.startup.shelves.BookRepository;
import io.cachepolicy.startup.shelves.Chart;
import io.cachepolicy.startup.shelves.ChartRepository;
import io.cachepolicy.startup.shelves.Leaflet;
import io.cachepolicy.startup.shelves.LeafletRepository;
import io.cachepolicy.startup.shelves.Magazine;
import io.cachepolicy.startup.shelves.MagazineRepository;
import io.cachepolicy.startup.shelves.RecordingImpl;
import io.cachepolicy.startup.shelves.ShelfApplication;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What repositories do that Spring Data makes of interfaces of many kinds, with a cache
 * in front of them. All of it holds however the application was started, and under each
 * policy that caches what is written.
 */
class RepositoryKinds {

	private final ConfigurableApplicationContext context;

	private final Database database;

	private final Statistics statistics;

	RepositoryKinds(ConfigurableApplicationContext context, Database database) {
		this.context = context;
		this.database = database;
		this.statistics = context.getBean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
	}

	/**
	 * Start an application whose statements are counted.
	 * @param builder of the application
	 * @param database its database
	 * @param policy the policy of its caches
	 * @return the application
	 */
	static ConfigurableApplicationContext start(SpringApplicationBuilder builder, Database database, String policy) {
		return builder.sources(ShelfApplication.class)
			.main(ShelfApplication.class)
			.run("--spring.datasource.url=" + database.url(), "--cache-policy.defaults.policy=" + policy,
					"--spring.jpa.properties.hibernate.generate_statistics=true",
					"--logging.level.org.hibernate=error");
	}

	void all() {
		queriesDefaultMethodsAndFragments();
		fragmentsThatReplaceMethods();
		methodsDeclaredAgain();
		annotatedMethods();
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private long statements() {
		long count = this.statistics.getPrepareStatementCount();
		this.statistics.clear();
		return count;
	}

	private void flush(String name) {
		AbstractStartupTests.flush(this.context);
		assertThat(cache(name).deadLetters()).isEmpty();
		assertThat(cache(name).pendingWrites()).isZero();
		statements();
	}

	/**
	 * Queries and fragments ask the store and are followed, default methods reach the
	 * cache by what they call.
	 */
	void queriesDefaultMethodsAndFragments() {
		BookRepository books = this.context.getBean(BookRepository.class);
		books.save(new Book(1L, "one"));
		flush("books");
		assertThat(books.labelOf(1L)).isEqualTo("one");
		assertThat(books.findById(1L)).isPresent();
		assertThat(books.findAllById(List.of(1L))).hasSize(1);
		assertThat(statements()).isZero();
		assertThat(books.findByLabel("one")).hasSize(1);
		assertThat(books.upperLabelOf(1L)).isEqualTo("ONE");
		new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> assertThat(books.findLockedById(1L)).isPresent());
		assertThat(statements()).isEqualTo(3);
		books.relabel(1L, "two");
		assertThat(books.labelOf(1L)).isEqualTo("two");
		books.overwrite(1L, "three");
		assertThat(books.labelOf(1L)).isEqualTo("three");
		Book book = books.findById(1L).orElseThrow();
		book.setLabel("four");
		books.save(book);
		assertThat(books.labelOf(1L)).isEqualTo("four");
		books.relabel(1L, "five");
		assertThat(books.labelOf(1L)).isEqualTo("five");
		flush("books");
		assertThat(this.database.labels("book")).containsEntry(1L, "five");
	}

	/**
	 * What a fragment does in the place of Spring Data is done at each call, and is what
	 * the cache stores with.
	 */
	void fragmentsThatReplaceMethods() {
		MagazineRepository magazines = this.context.getBean(MagazineRepository.class);
		RecordingImpl.calls();
		magazines.save(new Magazine(1L, "one"));
		assertThat(RecordingImpl.calls()).containsExactly("save");
		assertThat(this.database.labels("magazine")).containsEntry(1L, "one");
		assertThat(magazines.findById(1L)).map(Magazine::getLabel).contains("one");
		assertThat(magazines.findById(1L)).isPresent();
		assertThat(RecordingImpl.calls()).containsExactly("findById", "findById");
		assertThat(magazines.existsById(1L)).isTrue();
		assertThat(cache("magazines").get(1L, Magazine.class)).isNotNull();
		statements();
		assertThat(magazines.existsById(1L)).isTrue();
		assertThat(statements()).isZero();
		Magazine magazine = magazines.findById(1L).orElseThrow();
		magazine.setLabel("two");
		magazines.save(magazine);
		assertThat(cache("magazines").get(1L, Magazine.class)).extracting(Magazine::getLabel).isEqualTo("two");
		magazines.deleteById(1L);
		assertThat(magazines.existsById(1L)).isFalse();
		flush("magazines");
		assertThat(this.database.labels("magazine")).isEmpty();
	}

	/**
	 * A method that is declared again is that of the cache, unless it asks for more than
	 * the cache has. Its own annotation completes that of the interface.
	 */
	void methodsDeclaredAgain() {
		ChartRepository charts = this.context.getBean(ChartRepository.class);
		charts.save(new Chart(1L, "one"));
		flush("charts");
		assertThat(charts.existsById(1L)).isTrue();
		assertThat(statements()).isZero();
		assertThat(charts.findById(1L)).isPresent();
		assertThat(charts.findById(1L)).isPresent();
		assertThat(statements()).isEqualTo(2);
		assertThat(charts.findAllById(List.of(1L))).hasSize(1);
		assertThat(statements()).isZero();
		Chart chart = charts.findById(1L).orElseThrow();
		chart.setLabel("two");
		charts.save(chart);
		assertThat(charts.findById(1L)).map(Chart::getLabel).contains("two");
		flush("charts");
		assertThat(this.database.labels("chart")).containsEntry(1L, "two");
		charts.deleteById(1L);
		assertThat(this.database.labels("chart")).isEmpty();
		assertThat(charts.existsById(1L)).isFalse();
	}

	/**
	 * Annotated methods do what the annotation says, and no others are cached. What the
	 * cache itself asks of the repository does not lead back to it.
	 */
	void annotatedMethods() {
		LeafletRepository leaflets = this.context.getBean(LeafletRepository.class);
		leaflets.save(new Leaflet(1L, "one"));
		assertThat(this.database.labels("leaflet")).as("the body stores").containsEntry(1L, "one");
		flush("leaflets");
		assertThat(leaflets.findById(1L)).map(Leaflet::getLabel).contains("one");
		assertThat(leaflets.findById(1L)).isPresent();
		assertThat(statements()).isZero();
		assertThat(leaflets.existsById(1L)).isTrue();
		assertThat(statements()).isOne();
		Leaflet leaflet = leaflets.findById(1L).orElseThrow();
		leaflet.setLabel("two");
		leaflets.save(leaflet);
		assertThat(leaflets.findById(1L)).map(Leaflet::getLabel).contains("two");
		flush("leaflets");
		assertThat(this.database.labels("leaflet")).containsEntry(1L, "two");
		CrudRepository<Leaflet, Long> inherited = leaflets;
		assertThat(inherited.findById(1L)).isPresent();
		assertThat(statements()).as("called by what is inherited").isZero();
		inherited.save(new Leaflet(2L, "three"));
		assertThat(leaflets.findById(2L)).map(Leaflet::getLabel).contains("three");
		leaflets.deleteById(1L);
		assertThat(leaflets.findById(1L)).isEqualTo(Optional.empty());
		PolicyCache cache = cache("leaflets");
		cache.put(3L, new Leaflet(3L, "four"));
		assertThat(leaflets.findById(3L)).map(Leaflet::getLabel).contains("four");
		flush("leaflets");
		assertThat(this.database.labels("leaflet")).isEqualTo(Map.of(2L, "three", 3L, "four"));
		cache.clear();
		assertThat(cache.get(2L, Leaflet.class)).isNotNull();
		assertThat(cache.getAll(List.of(2L, 3L))).hasSize(2);
		cache.remove(2L);
		flush("leaflets");
		assertThat(this.database.labels("leaflet")).containsOnlyKeys(3L);
	}

}
