package io.cachepolicy.jpa.copy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.cachepolicy.jpa.domain.Book;
import io.cachepolicy.jpa.domain.Category;
import io.cachepolicy.jpa.domain.Cell;
import io.cachepolicy.jpa.domain.Country;
import io.cachepolicy.jpa.domain.Dimensions;
import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.domain.OrderLine;
import io.cachepolicy.jpa.domain.Product;
import io.cachepolicy.jpa.domain.Review;
import io.cachepolicy.jpa.domain.Seat;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.proxy.HibernateProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.orm.jpa.SharedEntityManagerCreator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EntityCopier} (J1, J2).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractEntityCopierTests {

	private static final AtomicInteger names = new AtomicInteger();

	private JpaTestContext context;

	private EntityManager entityManager;

	private EntityCopier copier;

	private Long id;

	abstract String createDatabase();

	@BeforeAll
	void start() {
		this.context = new JpaTestContext(createDatabase());
		this.entityManager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getEntityManagerFactory());
		this.copier = new EntityCopier(() -> Stream.of(this.context.getEntityManagerFactory()));
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void createProduct() {
		Product product = newProduct();
		this.context.transaction().executeWithoutResult((status) -> {
			this.entityManager.persist(product.getCategory());
			this.entityManager.persist(product);
		});
		this.id = product.getId();
	}

	private static Product newProduct() {
		Product product = new Product("product" + names.incrementAndGet());
		product.setPrice(BigDecimal.TEN);
		product.setCreatedAt(Instant.EPOCH);
		product.setReleasedAt(new Date(0));
		product.setImage(new byte[] { 1, 2 });
		product.setDimensions(new Dimensions(5));
		product.getDimensions().getUnits().add("cm");
		product.setCategory(new Category("category" + names.incrementAndGet()));
		product.addReview("good");
		product.addReview("bad");
		product.getTags().add("red");
		product.getSizes().addAll(List.of("b", "a"));
		product.getSteps().addAll(List.of("first", "second"));
		product.getLabels().put("key", "label");
		return product;
	}

	private Product copyInSession(boolean initialize) {
		return this.context.transaction().execute((status) -> {
			Product product = this.entityManager.find(Product.class, this.id);
			if (initialize) {
				initialize(product);
			}
			return (Product) this.copier.copy(product);
		});
	}

	private static void initialize(Product product) {
		Stream
			.of(product.getCategory(), product.getReviews(), product.getTags(), product.getSizes(), product.getSteps(),
					product.getLabels(), product.getDimensions().getUnits(), product.getCategory().getProducts())
			.forEach(Hibernate::initialize);
	}

	@Test
	void copySharesImmutableStateWhenEntityIsFlat() {
		Country country = new Country("ch", "Switzerland");
		Country copy = (Country) this.copier.copy(country);
		assertThat(copy).isNotSameAs(country);
		assertThat(copy.getCode()).isSameAs(country.getCode());
		assertThat(copy.getName()).isSameAs(country.getName());
		copy.setName("Suisse");
		assertThat(country.getName()).isEqualTo("Switzerland");
	}

	@Test
	void copyReturnsValueWhenItIsNoEntity() {
		List<Country> list = List.of(new Country("ch", "Switzerland"));
		assertThat(this.copier.copy("value")).isEqualTo("value");
		assertThat(this.copier.copy(list)).isSameAs(list);
	}

	@Test
	void copyAsksForFactoriesWhenFirstUsedOnly() {
		AtomicInteger calls = new AtomicInteger();
		EntityCopier copier = new EntityCopier(() -> {
			calls.incrementAndGet();
			return Stream.<EntityManagerFactory>of(this.context.getEntityManagerFactory());
		});
		assertThat(calls).hasValue(0);
		copier.copy(new Country("ch", "Switzerland"));
		copier.copy(new Country("at", "Austria"));
		assertThat(calls).hasValue(1);
	}

	@Test
	void copyIsolatesMutableStateWhenEntityIsNew() {
		Product product = newProduct();
		Product copy = (Product) this.copier.copy(product);
		assertThat(copy.getPrice()).isSameAs(product.getPrice());
		assertThat(copy.getImage()).isEqualTo(product.getImage()).isNotSameAs(product.getImage());
		assertThat(copy.getReleasedAt()).hasTime(0).isNotSameAs(product.getReleasedAt());
		assertThat(copy.getDimensions()).isNotSameAs(product.getDimensions());
		assertThat(copy.getDimensions().getWidth()).isEqualTo(5);
		assertThat(copy.getDimensions().getUnits()).isEqualTo(List.of("cm"))
			.isNotSameAs(product.getDimensions().getUnits());
		assertThat(copy.getTags()).isEqualTo(product.getTags()).isNotSameAs(product.getTags());
		assertThat(copy.getCategory()).isEqualTo(product.getCategory()).isNotSameAs(product.getCategory());
	}

	@Test
	void copyKeepsShapeOfGraphWhenItHasCycles() {
		Product copy = copyInSession(true);
		assertThat(copy.getReviews()).extracting(Review::getText).containsExactlyInAnyOrder("good", "bad");
		assertThat(copy.getReviews()).allSatisfy((review) -> assertThat(review.getProduct()).isSameAs(copy));
		assertThat(copy.getCategory()).isNotInstanceOf(HibernateProxy.class);
		assertThat(copy.getCategory().getProducts()).singleElement().isSameAs(copy);
		assertThat(copy.getCategory().getProducts()).contains(copy);
	}

	@Test
	void copyMakesPlainCollectionsOfMappedKindWhenLoaded() {
		Product copy = copyInSession(true);
		assertThat(copy.getId()).isEqualTo(this.id);
		assertThat(copy.getVersion()).isNotNull();
		assertThat(copy.getReviews()).isExactlyInstanceOf(ArrayList.class);
		assertThat(copy.getTags()).isExactlyInstanceOf(HashSet.class).containsExactly("red");
		assertThat(copy.getSizes()).isExactlyInstanceOf(TreeSet.class).containsExactly("a", "b");
		assertThat(copy.getSteps()).isExactlyInstanceOf(ArrayList.class).containsExactly("first", "second");
		assertThat(copy.getLabels()).isExactlyInstanceOf(HashMap.class).containsEntry("key", "label");
	}

	@Test
	void copyLeavesAssociationsUninitializedWhenNotLoaded() {
		Product copy = copyInSession(false);
		assertUninitialized(copy);
		Product again = (Product) this.copier.copy(copy);
		assertThat(again).isNotSameAs(copy);
		assertUninitialized(again);
		assertThatExceptionOfType(LazyInitializationException.class).isThrownBy(() -> again.getTags().size());
	}

	private void assertUninitialized(Product copy) {
		assertThat(Hibernate.isInitialized(copy.getCategory())).isFalse();
		assertThat(copy.getCategory().getId()).isNotNull();
		assertThat(HibernateProxy.extractLazyInitializer(copy.getCategory()).getSession()).isNull();
		for (Object collection : List.of(copy.getReviews(), copy.getTags(), copy.getSizes(), copy.getSteps(),
				copy.getLabels(), copy.getDimensions().getUnits())) {
			assertThat(collection).isInstanceOfSatisfying(PersistentCollection.class, (persistent) -> {
				assertThat(persistent.wasInitialized()).isFalse();
				assertThat(persistent.getKey()).isEqualTo(this.id);
				assertThat(persistent.getOwner()).isSameAs(copy);
			});
		}
	}

	@Test
	void mergeLeavesRowsAloneWhenCopyIsNotLoaded() {
		Product copy = (Product) this.copier.copy(copyInSession(false));
		copy.setName("renamed");
		this.context.transaction().executeWithoutResult((status) -> this.entityManager.merge(copy));
		Product stored = copyInSession(true);
		assertThat(stored.getName()).isEqualTo("renamed");
		assertThat(stored.getCategory()).isNotNull();
		assertThat(stored.getReviews()).hasSize(2);
		assertThat(stored.getTags()).hasSize(1);
		assertThat(stored.getSizes()).hasSize(2);
		assertThat(stored.getSteps()).hasSize(2);
		assertThat(stored.getLabels()).hasSize(1);
		assertThat(stored.getDimensions().getUnits()).hasSize(1);
	}

	@Test
	void mergeStoresChangesWhenCopyIsLoaded() {
		Product copy = (Product) this.copier.copy(copyInSession(true));
		copy.getReviews().removeIf((review) -> review.getText().equals("bad"));
		copy.getReviews().get(0).setText("better");
		copy.getTags().add("blue");
		copy.getLabels().clear();
		copy.getSteps().remove(0);
		this.context.transaction().executeWithoutResult((status) -> this.entityManager.merge(copy));
		Product stored = copyInSession(true);
		assertThat(stored.getReviews()).singleElement().extracting(Review::getText).isEqualTo("better");
		assertThat(stored.getTags()).containsExactlyInAnyOrder("red", "blue");
		assertThat(stored.getLabels()).isEmpty();
		assertThat(stored.getSteps()).containsExactly("second");
	}

	@Test
	void copyKeepsReferenceWhenValueIsUninitializedProxy() {
		Product copy = this.context.transaction()
			.execute((status) -> (Product) this.copier.copy(this.entityManager.getReference(Product.class, this.id)));
		assertThat(Hibernate.isInitialized(copy)).isFalse();
		assertThat(copy.getId()).isEqualTo(this.id);
		assertThatExceptionOfType(LazyInitializationException.class).isThrownBy(copy::getName);
	}

	@Test
	void copyIsOfImplementationWhenValueIsInitializedProxy() {
		Product copy = this.context.transaction().execute((status) -> {
			Product reference = this.entityManager.getReference(Product.class, this.id);
			Hibernate.initialize(reference);
			return (Product) this.copier.copy(reference);
		});
		assertThat(copy).isExactlyInstanceOf(Product.class);
		assertThat(copy.getName()).startsWith("product");
	}

	@Test
	void copyIsNotManagedWhenOriginalIs() {
		this.context.transaction().executeWithoutResult((status) -> {
			Product product = this.entityManager.find(Product.class, this.id);
			Product copy = (Product) this.copier.copy(product);
			assertThat(this.entityManager.contains(copy)).isFalse();
			copy.setName("not stored");
		});
		assertThat(copyInSession(false).getName()).isNotEqualTo("not stored");
	}

	@Test
	void copyIsCompleteWhenIdIsEmbedded() {
		OrderLine line = new OrderLine(new OrderLine.OrderLineId(1, 2), 3);
		OrderLine copy = (OrderLine) this.copier.copy(line);
		assertThat(copy.getId()).isEqualTo(line.getId()).isNotSameAs(line.getId());
		assertThat(copy.getQuantity()).isEqualTo(3);
	}

	@Test
	void copyIsCompleteWhenEntityHasIdClass() {
		Cell cell = (Cell) this.copier.copy(new Cell(1, 2, "content"));
		assertThat(cell).extracting(Cell::getX, Cell::getY, Cell::getContent).containsExactly(1, 2, "content");
	}

	@Test
	void copyIncludesAssociationWhenItIsPartOfId() {
		Category category = new Category("theatre");
		Seat copy = (Seat) this.copier.copy(new Seat(category, 7, "guest"));
		assertThat(copy.getCategory()).isEqualTo(category).isNotSameAs(category);
		assertThat(copy.getNumber()).isEqualTo(7);
		assertThat(copy.getGuest()).isEqualTo("guest");
	}

	@Test
	void copyKeepsSimpleStateWhenItIsNotMapped() {
		Book book = this.context.transaction().execute((status) -> {
			Book persisted = new Book("isbn" + this.id, "title");
			this.entityManager.persist(persisted);
			this.entityManager.flush();
			return (Book) this.copier.copy(persisted);
		});
		assertThat(book.isNew()).isFalse();
		assertThat(((Book) this.copier.copy(new Book("isbn", "title"))).isNew()).isTrue();
		Product product = new Product("noted");
		product.setNote("note");
		assertThat(((Product) this.copier.copy(product)).getNote()).isEqualTo("note");
	}

	@Test
	void copyNeedsNoDeepStackWhenGraphIsLong() {
		Category first = new Category("0");
		Category current = first;
		for (int i = 1; i < 20_000; i++) {
			Product product = new Product("p" + i);
			current.getProducts().add(product);
			current = new Category("c" + i);
			product.setCategory(current);
		}
		Category copy = (Category) this.copier.copy(first);
		int length = 1;
		while (!copy.getProducts().isEmpty()) {
			copy = copy.getProducts().iterator().next().getCategory();
			length++;
		}
		assertThat(length).isEqualTo(20_000);
	}

}
