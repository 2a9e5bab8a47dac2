package io.cachepolicy.jpa.relation;

import java.util.Collection;
import java.util.List;

import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.graph.Graph;
import io.cachepolicy.jpa.graph.Graph.Address;
import io.cachepolicy.jpa.graph.Graph.Basket;
import io.cachepolicy.jpa.graph.Graph.Car;
import io.cachepolicy.jpa.graph.Graph.Customer;
import io.cachepolicy.jpa.graph.Graph.Depot;
import io.cachepolicy.jpa.graph.Graph.Fruit;
import io.cachepolicy.jpa.graph.Graph.Item;
import io.cachepolicy.jpa.graph.Graph.Left;
import io.cachepolicy.jpa.graph.Graph.Line;
import io.cachepolicy.jpa.graph.Graph.Node;
import io.cachepolicy.jpa.graph.Graph.Passport;
import io.cachepolicy.jpa.graph.Graph.Purchase;
import io.cachepolicy.jpa.graph.Graph.Region;
import io.cachepolicy.jpa.graph.Graph.Right;
import io.cachepolicy.jpa.graph.Graph.Stub;
import io.cachepolicy.jpa.graph.Graph.Tag;
import io.cachepolicy.jpa.graph.Graph.Ticket;
import io.cachepolicy.jpa.graph.Graph.TicketId;
import io.cachepolicy.jpa.graph.Graph.Vehicle;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EntityRelations} and {@link ForeignKeys} (J5).
 */
class EntityRelationsIntegrationTests {

	private static JpaTestContext context;

	private static EntityManagerFactory factory;

	private static ForeignKeys foreignKeys;

	@BeforeAll
	static void start() {
		context = new JpaTestContext("jdbc:h2:mem:relations;DB_CLOSE_DELAY=-1", GraphEntities.class);
		factory = context.getEntityManagerFactory();
		foreignKeys = new ForeignKeys(factory);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	private static RowRelations relations(Class<?> entity) {
		return foreignKeys.relationsOf(persister(entity));
	}

	private static EntityPersister persister(Class<?> entity) {
		EntityPersister persister = factory.unwrap(SessionFactoryImplementor.class)
			.getMappingMetamodel()
			.findEntityDescriptor(entity);
		assertThat(persister).isNotNull();
		return persister;
	}

	private static Object rows(Class<?> entity) {
		return relations(entity).rows();
	}

	private static RowReference row(Class<?> entity, Object key) {
		return new RowReference(rows(entity), key);
	}

	private static Collection<RowReference> references(Object value) {
		return relations(value.getClass()).references(value);
	}

	private static Customer customer(long id) {
		return new Customer(id);
	}

	@Test
	void rowsAreEqualInHierarchyAndFactory() {
		assertThat(rows(Car.class)).isEqualTo(rows(Vehicle.class)).hasSameHashCodeAs(rows(Vehicle.class));
		assertThat(rows(Car.class)).isNotEqualTo(rows(Customer.class));
		assertThat(rows(Region.class)).isEqualTo(new ForeignKeys(factory).relationsOf(persister(Region.class)).rows());
	}

	@Test
	void rankFollowsForeignKeys() {
		assertThat(relations(Region.class).rank()).isZero();
		assertThat(relations(Customer.class).rank()).as("embeddable").isEqualTo(1);
		assertThat(relations(Passport.class).rank()).as("maps id").isEqualTo(2);
		assertThat(relations(Vehicle.class).rank()).as("subclass").isEqualTo(2);
		assertThat(relations(Ticket.class).rank()).as("part of the id").isEqualTo(2);
		assertThat(relations(Stub.class).rank()).isEqualTo(3);
		assertThat(relations(Purchase.class).rank()).isEqualTo(2);
		assertThat(relations(Line.class).rank()).isEqualTo(3);
		assertThat(relations(Node.class).rank()).as("tree").isZero();
		assertThat(relations(Left.class).rank()).as("circle").isEqualTo(relations(Right.class).rank()).isEqualTo(1);
		assertThat(relations(Basket.class).rank()).as("one-to-many with join column").isZero();
		assertThat(relations(Fruit.class).rank()).isEqualTo(1);
	}

	@Test
	void writesWhatItCascadesTo() {
		assertThat(relations(Purchase.class).writes(relations(Line.class))).isTrue();
		assertThat(relations(Line.class).writes(relations(Purchase.class))).isFalse();
		assertThat(relations(Line.class).writes(relations(Region.class))).as("no cascade").isFalse();
		assertThat(relations(Node.class).writes(relations(Node.class))).as("tree").isFalse();
		assertThat(relations(Purchase.class).writes(RowRelations.NONE)).isFalse();
	}

	@Test
	void refersToIsTransitive() {
		assertThat(relations(Line.class).refersTo(relations(Region.class))).isTrue();
		assertThat(relations(Region.class).refersTo(relations(Line.class))).isFalse();
		assertThat(relations(Purchase.class).refersTo(relations(Tag.class))).as("join table").isTrue();
		assertThat(relations(Purchase.class).refersTo(relations(Depot.class))).as("map key").isTrue();
		assertThat(relations(Purchase.class).refersTo(relations(Item.class))).as("cascade").isTrue();
		assertThat(relations(Purchase.class).refersTo(relations(Line.class))).isFalse();
		assertThat(relations(Customer.class).refersTo(relations(Passport.class))).as("mapped by").isFalse();
		assertThat(relations(Node.class).refersTo(relations(Node.class))).isTrue();
		assertThat(relations(Line.class).refersTo(RowRelations.NONE)).isFalse();
	}

	@Test
	void referencesAreEmptyWhenThereAreNoAssociations() {
		assertThat(references(new Region(1))).isSameAs(List.of());
		assertThat(references(customer(1))).isEmpty();
	}

	@Test
	void referencesIncludeEmbeddables() {
		Customer customer = customer(1);
		customer.address = new Address(new Region(7));
		assertThat(references(customer)).containsExactly(row(Region.class, 7L));
		customer.address = new Address(new Region());
		assertThat(references(customer)).as("no id").isEmpty();
	}

	@Test
	void referencesIncludeSharedIds() {
		assertThat(references(new Passport(customer(1)))).containsExactly(row(Customer.class, 1L));
		Customer customer = customer(1);
		customer.passport = new Passport(customer);
		assertThat(references(customer)).isEmpty();
	}

	@Test
	void referencesIncludePartsOfIds() {
		Ticket ticket = new Ticket(customer(1), 2);
		assertThat(references(ticket)).containsExactly(row(Customer.class, 1L));
		Stub stub = new Stub();
		stub.ticket = ticket;
		assertThat(references(stub)).containsExactly(row(Ticket.class, new TicketId(1L, 2)));
	}

	@Test
	void referencesIncludeWhatIsWrittenWithTheRow() {
		Purchase purchase = new Purchase(1);
		purchase.customer = customer(2);
		purchase.tags.add(new Tag(3));
		purchase.stops.add(new Address(new Region(4)));
		purchase.stock.put(new Depot(5), 1);
		purchase.lines.add(new Line(6, purchase, new Item(7)));
		assertThat(references(purchase)).containsExactlyInAnyOrder(row(Customer.class, 2L), row(Tag.class, 3L),
				row(Region.class, 4L), row(Depot.class, 5L), row(Item.class, 7L));
	}

	@Test
	void referencesAreThoseOfSubclass() {
		Car car = new Car();
		car.owner = customer(2);
		assertThat(relations(Vehicle.class).references(car)).containsExactly(row(Customer.class, 2L));
	}

	@Test
	void referencesIncludeParentButNotTheRowItself() {
		Node parent = new Node(1, null);
		assertThat(references(new Node(2, parent))).containsExactly(row(Node.class, 1L));
		parent.parent = parent;
		assertThat(references(parent)).isEmpty();
	}

	@Test
	void referencesLeaveElementsOfOneToManyOut() {
		Basket basket = new Basket();
		basket.id = 1L;
		basket.fruits.add(new Fruit());
		assertThat(references(basket)).isEmpty();
	}

	@Test
	void referencesLoadNothing() {
		context.transaction().executeWithoutResult((status) -> {
			context.jdbc().update("insert into region(id) values (90)");
			context.jdbc().update("insert into customer(id, region_id) values (91, 90)");
			context.jdbc().update("insert into purchase(id, customer_id) values (92, 91)");
		});
		try (var entityManager = factory.createEntityManager()) {
			Purchase purchase = entityManager.find(Purchase.class, 92L);
			Customer customer = (Customer) Hibernate.unproxy(entityManager.find(Customer.class, 91L));
			Purchase proxy = entityManager.getReference(Purchase.class, 93L);
			Statistics statistics = context.clearStatistics();
			assertThat(references(purchase)).containsExactly(row(Customer.class, 91L));
			assertThat(references(customer)).containsExactly(row(Region.class, 90L));
			assertThat(relations(Purchase.class).references(proxy)).isEmpty();
			assertThat(statistics.getPrepareStatementCount()).isZero();
			assertThat(Hibernate.isInitialized(customer.address.region)).isFalse();
			assertThat(Hibernate.isInitialized(purchase.lines)).isFalse();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EntityScan(basePackageClasses = { Graph.class, JpaTestContext.class })
	static class GraphEntities {

	}

}
