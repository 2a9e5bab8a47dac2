package io.cachepolicy.mappings.zoo;

import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;
import org.hibernate.annotations.SortNatural;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities with collections of values.
 */
public final class Collections {

	private Collections() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(Elements.class, (store) -> new Elements(), (entity) -> {
			entity.set.add("c");
			entity.set.remove("a");
			entity.bag.clear();
			entity.list.add(0, "zero");
			entity.map.put("a", 5);
			entity.sorted.add("0");
			entity.ordered.add("0");
		}), Specimen.of(Parts.class, (store) -> new Parts(), (entity) -> {
			entity.list.get(0).moment.setTime(5000);
			entity.set.clear();
			entity.map.put("b", new Part("changed"));
			entity.records.add(new Pair("c", "d"));
		}), Specimen.of(InEmbeddable.class, (store) -> new InEmbeddable(), (entity) -> entity.holder.units.add("kg")),
				Specimen.of(Eager.class, (store) -> new Eager(), (entity) -> entity.set.add("c")),
				Specimen.of(Versioned.class, (store) -> new Versioned(), (entity) -> entity.set.add("c")));
	}

	@Entity(name = "Elements")
	public static class Elements extends Named {

		@ElementCollection
		public Set<String> set = new HashSet<>(Set.of("a", "b"));

		@ElementCollection
		public List<String> bag = new ArrayList<>(List.of("a", "a"));

		@ElementCollection
		@OrderColumn(name = "position")
		public List<String> list = new ArrayList<>(List.of("b", "a"));

		@ElementCollection
		public Map<String, Integer> map = new HashMap<>(Map.of("a", 1, "b", 2));

		@ElementCollection
		@SortNatural
		public SortedSet<String> sorted = new TreeSet<>(Set.of("a", "b"));

		@ElementCollection
		@OrderBy
		public Set<String> ordered = new HashSet<>(Set.of("b", "a"));

		public interface Repository extends JpaRepository<Elements, Long> {

		}

	}

	@Embeddable
	public static class Part {

		public String text;

		public Date moment = new Date(1000);

		public Part() {
		}

		public Part(String text) {
			this.text = text;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof Part part && Objects.equals(this.text, part.text);
		}

		@Override
		public int hashCode() {
			return Objects.hashCode(this.text);
		}

	}

	@Embeddable
	public record Pair(@Column(name = "left_part") String left, @Column(name = "right_part") String right) {

	}

	@Entity(name = "PartsOwner")
	public static class Parts extends Named {

		@ElementCollection
		@OrderColumn(name = "position")
		public List<Part> list = new ArrayList<>(List.of(new Part("a"), new Part("b")));

		@ElementCollection
		public Set<Part> set = new HashSet<>(Set.of(new Part("a"), new Part("b")));

		@ElementCollection
		public Map<String, Part> map = new HashMap<>(Map.of("a", new Part("a")));

		@ElementCollection
		public Set<Pair> records = new HashSet<>(Set.of(new Pair("a", "b")));

		public interface Repository extends JpaRepository<Parts, Long> {

		}

	}

	@Embeddable
	public static class Holder {

		@Column(name = "holder_size")
		public Integer size = 1;

		@ElementCollection
		public Set<String> units = new HashSet<>(Set.of("cm"));

	}

	@Entity(name = "InEmbeddable")
	public static class InEmbeddable extends Named {

		@Embedded
		public Holder holder = new Holder();

		public interface Repository extends JpaRepository<InEmbeddable, Long> {

		}

	}

	@Entity(name = "EagerElements")
	public static class Eager extends Named {

		@ElementCollection(fetch = FetchType.EAGER)
		public Set<String> set = new HashSet<>(Set.of("a", "b"));

		public interface Repository extends JpaRepository<Eager, Long> {

		}

	}

	@Entity(name = "VersionedElements")
	public static class Versioned extends Named {

		@Version
		public Integer version;

		@ElementCollection
		public Set<String> set = new HashSet<>(Set.of("a", "b"));

		public interface Repository extends JpaRepository<Versioned, Long> {

		}

	}

}
