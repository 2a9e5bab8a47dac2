package io.cachepolicy.aggregates;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

import io.cachepolicy.aggregates.Clinic.Card;
import io.cachepolicy.aggregates.Clinic.Cat;
import io.cachepolicy.aggregates.Clinic.Club;
import io.cachepolicy.aggregates.Clinic.Note;
import io.cachepolicy.aggregates.Clinic.Owner;
import io.cachepolicy.aggregates.Clinic.Pet;
import io.cachepolicy.aggregates.Clinic.Species;
import io.cachepolicy.aggregates.Clinic.Town;
import io.cachepolicy.aggregates.Clinic.Visit;
import jakarta.persistence.EntityManager;
import org.hibernate.Session;
import org.hibernate.StatelessSession;

/**
 * Ways to change the graph of owner 1, other than in the owner's row.
 */
enum GraphChange {

	TO_ONE_OF_EMBEDDABLE((in) -> in.find(Town.class, 1).setName("new")),

	TO_ONE_OF_ELEMENT((in) -> in.find(Species.class, 1).setName("new")),

	TO_ONE_BY_STATEMENT((in) -> in.jpql("update Species set name = 'new'")),

	TO_ONE_BY_SQL((in) -> in.sql("update town set name = 'new'")),

	REFERENCE_OF_ELEMENT((in) -> in.find(Pet.class, 1).species = in.find(Species.class, 2)),

	ELEMENT((in) -> in.find(Pet.class, 1).setName("new")),

	ELEMENT_BY_REPOSITORY((in) -> {
		Pet pet = in.find(Pet.class, 1);
		in.manager().detach(pet);
		pet.setName("new");
		in.pets().saveAndFlush(pet);
	}),

	ELEMENT_BY_STATEMENT((in) -> in.jpql("update Pet set name = 'new' where id = 1")),

	ELEMENT_BY_SQL((in) -> in.sql("update pet set name = 'new' where id = 1")),

	ELEMENT_BY_STATELESS_SESSION((in) -> in.stateless((session) -> {
		Species species = session.get(Species.class, 1L);
		species.setName("new");
		session.update(species);
	})),

	ELEMENT_OF_SUBCLASS((in) -> in.find(Cat.class, 2).lives = 1),

	ELEMENT_OF_SUBCLASS_BY_STATEMENT((in) -> in.jpql("update Cat set lives = 1")),

	ELEMENT_INSERTED((in) -> {
		Pet pet = new Pet();
		pet.id = 9;
		pet.name = "new";
		pet.owner = in.find(Owner.class, 1);
		in.manager().persist(pet);
	}),

	ELEMENT_INSERTED_WITH_REFERENCE((in) -> {
		Cat cat = new Cat();
		cat.id = 9;
		cat.name = "new";
		cat.owner = in.manager().getReference(Owner.class, 1L);
		in.manager().persist(cat);
	}),

	ELEMENT_INSERTED_BY_STATELESS_SESSION((in) -> in.stateless((session) -> {
		Pet pet = new Pet();
		pet.id = 9;
		pet.name = "new";
		pet.owner = new Owner(1, "");
		session.insert(pet);
	})),

	ELEMENT_INSERTED_BY_STATEMENT((in) -> in.sql("insert into pet (id, name, owner_id) values (9, 'new', 1)")),

	ELEMENT_JOINED((in) -> in.find(Pet.class, 3).owner = in.find(Owner.class, 1)),

	ELEMENT_LEFT((in) -> in.find(Pet.class, 1).owner = in.find(Owner.class, 2)),

	ELEMENT_LEFT_BY_STATEMENT((in) -> in.jpql("update Pet p set p.owner.id = 2 where p.id = 1")),

	ELEMENT_DELETED((in) -> {
		Pet pet = in.find(Pet.class, 1);
		in.manager().refresh(pet);
		pet.owner = null;
		in.manager().flush();
		in.manager().clear();
		in.sql("delete from note");
		in.manager().remove(in.manager().find(Pet.class, 1L));
	}),

	NESTED_ELEMENT((in) -> in.find(Visit.class, 1).setName("new")),

	NESTED_ELEMENT_BY_STATEMENT((in) -> in.jpql("update Visit set name = 'new'")),

	NESTED_ELEMENT_ADDED((in) -> in.find(Pet.class, 1).visits.add(new Visit(9, "new"))),

	NESTED_ELEMENT_ORPHANED((in) -> in.find(Pet.class, 1).visits.clear()),

	NESTED_ELEMENTS_REPLACED((in) -> {
		Pet pet = in.find(Pet.class, 1);
		pet.visits.clear();
		pet.visits.addAll(Set.of(new Visit(8, "one"), new Visit(9, "two")));
	}),

	NESTED_ELEMENT_DELETED_BY_STATEMENT((in) -> in.jpql("delete from Visit")),

	NESTED_ELEMENT_DELETED_IN_BATCH((in) -> in.visits().deleteAllInBatch(in.visits().findAll())),

	NESTED_ELEMENT_BY_COLUMN((in) -> in.manager().persist(new Note(9, "new", 1L))),

	NESTED_ELEMENT_MOVED_BY_COLUMN((in) -> in.find(Note.class, 2).pet = 1L),

	NESTED_ELEMENT_INSERTED_BY_SELECT(
			(in) -> in.jpql("insert into Note (id, name, pet) select n.id + 10, 'new', 1 from Note n")),

	NESTED_VALUE((in) -> in.find(Pet.class, 1).tags.add("new")),

	NESTED_VALUES_REPLACED((in) -> in.find(Pet.class, 1).tags = new HashSet<>(Set.of("new"))),

	NESTED_VALUE_BY_SQL((in) -> in.sql("insert into pet_tags (pet_id, tags) values (1, 'new')")),

	TO_ONE_BACK((in) -> in.find(Card.class, 1).setName("new")),

	TO_ONE_BACK_LEFT((in) -> in.find(Card.class, 1).owner = in.find(Owner.class, 2)),

	TO_ONE_BACK_DELETED((in) -> in.jpql("delete from Card where id = 1")),

	MANY_TO_MANY((in) -> in.find(Club.class, 1).setName("new")),

	MEMBER_OF_MANY_TO_MANY((in) -> in.find(Owner.class, 2).setName("new")),

	MEMBER_JOINED((in) -> in.find(Owner.class, 3).clubs.add(in.find(Club.class, 1))),

	MEMBER_LEFT((in) -> in.find(Owner.class, 2).clubs.clear()),

	MEMBER_LEFT_BY_SQL((in) -> in.sql("delete from owner_clubs where members_id = 2"));

	private final Consumer<Access> change;

	GraphChange(Consumer<Access> change) {
		this.change = change;
	}

	void change(Access access) {
		this.change.accept(access);
	}

	/**
	 * What an application has of JPA.
	 *
	 * @param pets a repository
	 * @param visits a repository
	 * @param manager the entity manager of the transaction
	 */
	record Access(PetRepository pets, VisitRepository visits, EntityManager manager) {

		<T> T find(Class<T> type, long id) {
			return this.manager.find(type, id);
		}

		void jpql(String statement) {
			this.manager.createQuery(statement).executeUpdate();
		}

		void sql(String statement) {
			this.manager.createNativeQuery(statement).executeUpdate();
		}

		void stateless(Consumer<StatelessSession> work) {
			try (StatelessSession session = this.manager.unwrap(Session.class)
				.statelessWithOptions()
				.connection()
				.open()) {
				work.accept(session);
			}
		}

	}

}
