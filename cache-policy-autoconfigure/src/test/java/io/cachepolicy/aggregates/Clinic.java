package io.cachepolicy.aggregates;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import org.jspecify.annotations.Nullable;

/**
 * Entities whose graph has each kind of association. All of it is loaded, and has
 * circles.
 */
final class Clinic {

	private Clinic() {
	}

	private static <T extends Named> String all(Collection<T> elements, Function<T, String> text) {
		return elements.stream().map(text).sorted().collect(Collectors.joining(", ", "[", "]"));
	}

	/**
	 * Has an id and a name.
	 */
	@MappedSuperclass
	abstract static class Named {

		@Id
		long id;

		String name = "";

		Named() {
		}

		Named(long id, String name) {
			this.id = id;
			this.name = name;
		}

		void setName(String name) {
			this.name = name;
		}

	}

	@Entity(name = "Town")
	static class Town extends Named {

	}

	@Entity(name = "Species")
	static class Species extends Named {

	}

	@Embeddable
	static class Home {

		String street = "";

		@ManyToOne
		@JoinColumn(name = "town_id")
		@Nullable Town town;

	}

	/**
	 * The root of the graph.
	 */
	@Entity(name = "Owner")
	static class Owner extends Named {

		@Embedded
		@Nullable Home home;

		@OneToMany(mappedBy = "owner", fetch = FetchType.EAGER, cascade = CascadeType.ALL)
		Set<Pet> pets = new HashSet<>();

		@OneToOne(mappedBy = "owner")
		@Nullable Card card;

		@ManyToMany(fetch = FetchType.EAGER)
		Set<Club> clubs = new HashSet<>();

		Owner() {
		}

		Owner(long id, String name) {
			super(id, name);
		}

		@Override
		public String toString() {
			String town = (this.home != null && this.home.town != null) ? this.home.town.name : "";
			String card = (this.card != null) ? this.card.name : "";
			return this.name + " of " + town + " card " + card + " pets " + all(this.pets, Pet::toString) + " clubs "
					+ all(this.clubs, Club::toString);
		}

	}

	@Entity(name = "Card")
	static class Card extends Named {

		@OneToOne(fetch = FetchType.LAZY)
		@JoinColumn(name = "owner_id")
		@Nullable Owner owner;

		Card() {
		}

		Card(long id, String name, Owner owner) {
			super(id, name);
			this.owner = owner;
		}

	}

	@Entity(name = "Club")
	static class Club extends Named {

		@ManyToMany(mappedBy = "clubs", fetch = FetchType.EAGER)
		Set<Owner> members = new HashSet<>();

		@Override
		public String toString() {
			return this.name + " with " + all(this.members, (member) -> member.name);
		}

	}

	@Entity(name = "Pet")
	@Inheritance(strategy = InheritanceType.JOINED)
	static class Pet extends Named {

		@ManyToOne(fetch = FetchType.LAZY)
		@JoinColumn(name = "owner_id")
		@Nullable Owner owner;

		@ManyToOne
		@JoinColumn(name = "species_id")
		@Nullable Species species;

		@OneToMany(fetch = FetchType.EAGER, cascade = CascadeType.ALL, orphanRemoval = true)
		@JoinColumn(name = "pet_id")
		Set<Visit> visits = new HashSet<>();

		@OneToMany(fetch = FetchType.EAGER)
		@JoinColumn(name = "pet_id", insertable = false, updatable = false)
		Set<Note> notes = new HashSet<>();

		@ElementCollection(fetch = FetchType.EAGER)
		Set<String> tags = new HashSet<>();

		@Override
		public String toString() {
			return this.name + " a " + ((this.species != null) ? this.species.name : "") + " visits "
					+ all(this.visits, (visit) -> visit.name) + " notes " + all(this.notes, (note) -> note.name)
					+ this.tags.stream().sorted().toList();
		}

	}

	@Entity(name = "Cat")
	static class Cat extends Pet {

		int lives;

		@Override
		public String toString() {
			return super.toString() + " lives " + this.lives;
		}

	}

	@Entity(name = "Visit")
	static class Visit extends Named {

		Visit() {
		}

		Visit(long id, String name) {
			super(id, name);
		}

	}

	/**
	 * Refers to its pet by a plain column.
	 */
	@Entity(name = "Note")
	static class Note extends Named {

		@Column(name = "pet_id")
		@Nullable Long pet;

		Note() {
		}

		Note(long id, String name, Long pet) {
			super(id, name);
			this.pet = pet;
		}

	}

}
