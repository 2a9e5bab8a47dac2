package io.cachepolicy.mappings.zoo;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;

import jakarta.persistence.Entity;
import jakarta.persistence.Version;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.OptimisticLock;
import org.hibernate.annotations.OptimisticLockType;
import org.hibernate.annotations.OptimisticLocking;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities with versions of all types.
 */
public final class Versions {

	private Versions() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(IntVersion.class, (store) -> new IntVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(LongVersion.class, (store) -> new LongVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(ShortVersion.class, (store) -> new ShortVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(IntegerVersion.class, (store) -> new IntegerVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(BigVersion.class, (store) -> new BigVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(SmallVersion.class, (store) -> new SmallVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(InstantVersion.class, (store) -> new InstantVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(TimestampVersion.class, (store) -> new TimestampVersion(),
						(entity) -> entity.name = "changed"),
				Specimen.of(LocalVersion.class, (store) -> new LocalVersion(), (entity) -> entity.name = "changed"),
				Specimen.of(DatabaseVersion.class, (store) -> new DatabaseVersion(),
						(entity) -> entity.name = "changed"),
				Specimen.of(Unlocked.class, (store) -> new Unlocked(), (entity) -> entity.name = "changed"),
				Specimen.of(LockedByAll.class, (store) -> new LockedByAll(), (entity) -> entity.name = "changed"));
	}

	@Entity(name = "IntVersion")
	public static class IntVersion extends Named {

		@Version
		public int version;

		public interface Repository extends JpaRepository<IntVersion, Long> {

		}

	}

	@Entity(name = "LongVersion")
	public static class LongVersion extends Named {

		@Version
		public long version;

		public interface Repository extends JpaRepository<LongVersion, Long> {

		}

	}

	@Entity(name = "ShortVersion")
	public static class ShortVersion extends Named {

		@Version
		public short version;

		public interface Repository extends JpaRepository<ShortVersion, Long> {

		}

	}

	@Entity(name = "IntegerVersion")
	public static class IntegerVersion extends Named {

		@Version
		public Integer version;

		public interface Repository extends JpaRepository<IntegerVersion, Long> {

		}

	}

	@Entity(name = "BigVersion")
	public static class BigVersion extends Named {

		@Version
		public Long version;

		public interface Repository extends JpaRepository<BigVersion, Long> {

		}

	}

	@Entity(name = "SmallVersion")
	public static class SmallVersion extends Named {

		@Version
		public Short version;

		public interface Repository extends JpaRepository<SmallVersion, Long> {

		}

	}

	@Entity(name = "InstantVersion")
	public static class InstantVersion extends Named {

		@Version
		public Instant version;

		public interface Repository extends JpaRepository<InstantVersion, Long> {

		}

	}

	@Entity(name = "TimestampVersion")
	public static class TimestampVersion extends Named {

		@Version
		public Timestamp version;

		public interface Repository extends JpaRepository<TimestampVersion, Long> {

		}

	}

	@Entity(name = "LocalVersion")
	public static class LocalVersion extends Named {

		@Version
		public LocalDateTime version;

		public interface Repository extends JpaRepository<LocalVersion, Long> {

		}

	}

	@Entity(name = "DatabaseVersion")
	public static class DatabaseVersion extends Named {

		@Version
		@CurrentTimestamp
		public Instant version;

		public interface Repository extends JpaRepository<DatabaseVersion, Long> {

		}

	}

	@Entity(name = "Unlocked")
	public static class Unlocked extends Named {

		@Version
		public Integer version;

		@OptimisticLock(excluded = true)
		public String note = "note";

		public interface Repository extends JpaRepository<Unlocked, Long> {

		}

	}

	@Entity(name = "LockedByAll")
	@OptimisticLocking(type = OptimisticLockType.ALL)
	@DynamicUpdate
	public static class LockedByAll extends Named {

		public String note = "note";

		public interface Repository extends JpaRepository<LockedByAll, Long> {

		}

	}

}
