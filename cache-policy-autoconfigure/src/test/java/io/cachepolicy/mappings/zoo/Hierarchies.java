package io.cachepolicy.mappings.zoo;

import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities with subclasses, whose instances are in a cache of the base class.
 */
public final class Hierarchies {

	private Hierarchies() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(InOneTable.class, (store) -> new OneTableLeaf(), (entity) -> {
			((OneTableLeaf) entity).moment.setTime(5000);
			((OneTableLeaf) entity).tags.add("changed");
		}), Specimen.of(Joined.class, (store) -> new JoinedLeaf(), (entity) -> {
			entity.name = "changed";
			((JoinedLeaf) entity).moment.setTime(5000);
			((JoinedLeaf) entity).more = "changed";
		}), Specimen.of(PerClass.class, (store) -> new PerClassLeaf(), (entity) -> {
			entity.name = "changed";
			((PerClassLeaf) entity).moment.setTime(5000);
		}), Specimen.of(Audited.class, (store) -> new Audited(), (entity) -> entity.note = "changed"));
	}

	@Entity(name = "InOneTable")
	@Inheritance
	public abstract static class InOneTable extends Named {

		@Version
		public Integer version;

		public interface Repository extends JpaRepository<InOneTable, Long> {

		}

	}

	@Entity(name = "OneTableLeaf")
	public static class OneTableLeaf extends InOneTable {

		public Date moment = new Date(1000);

		@ElementCollection
		public Set<String> tags = new HashSet<>(Set.of("a"));

	}

	@Entity(name = "JoinedBase")
	@Inheritance(strategy = InheritanceType.JOINED)
	public static class Joined extends Named {

		public interface Repository extends JpaRepository<Joined, Long> {

		}

	}

	@Entity(name = "JoinedMiddle")
	public abstract static class JoinedMiddle extends Joined {

		public Date moment = new Date(1000);

	}

	@Entity(name = "JoinedLeaf")
	public static class JoinedLeaf extends JoinedMiddle {

		public String more = "more";

	}

	@Entity(name = "PerClassBase")
	@Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
	public static class PerClass extends Named {

		public interface Repository extends JpaRepository<PerClass, Long> {

		}

	}

	@Entity(name = "PerClassLeaf")
	public static class PerClassLeaf extends PerClass {

		public Date moment = new Date(1000);

	}

	@MappedSuperclass
	public abstract static class Noted extends Named {

		@Version
		public long version;

		public String note = "note";

	}

	@Entity(name = "HierarchyAudited")
	public static class Audited extends Noted {

		public interface Repository extends JpaRepository<Audited, Long> {

		}

	}

}
