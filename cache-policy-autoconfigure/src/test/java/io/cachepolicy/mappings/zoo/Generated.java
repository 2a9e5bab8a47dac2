package io.cachepolicy.mappings.zoo;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Version;
import org.hibernate.annotations.ColumnDefault;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.DynamicInsert;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.GeneratedColumn;
import org.hibernate.annotations.SourceType;
import org.hibernate.annotations.UpdateTimestamp;
import org.hibernate.generator.EventType;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities whose values do not all come from the application.
 */
public final class Generated {

	private Generated() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(Computed.class, (store) -> new Computed(), (entity) -> entity.amount = 5),
				Specimen.of(VersionedComputed.class, (store) -> new VersionedComputed(), (entity) -> entity.amount = 5),
				Specimen.of(Timestamped.class, (store) -> new Timestamped(), (entity) -> entity.name = "changed"),
				Specimen.of(DatabaseTimestamped.class, (store) -> new DatabaseTimestamped(),
						(entity) -> entity.name = "changed"),
				Specimen.of(Defaulted.class, (store) -> new Defaulted(), (entity) -> entity.name = "changed"),
				Specimen.of(Calling.class, (store) -> new Calling(), (entity) -> entity.name = "changed"),
				Specimen.of(Listened.class, (store) -> new Listened(), (entity) -> entity.name = "changed"),
				Specimen.of(InsertedOnce.class, (store) -> new InsertedOnce(), (entity) -> entity.origin = "changed"),
				Specimen.of(Dynamic.class, (store) -> new Dynamic(), (entity) -> entity.note = "changed"));
	}

	@Entity(name = "GeneratedComputed")
	public static class Computed extends Named {

		public int amount = 2;

		@GeneratedColumn("amount * 2")
		public Integer twice;

		public interface Repository extends JpaRepository<Computed, Long> {

		}

	}

	@Entity(name = "GeneratedVersionedComputed")
	public static class VersionedComputed extends Named {

		@Version
		public Integer version;

		public int amount = 2;

		@GeneratedColumn("amount * 2")
		public Integer twice;

		public interface Repository extends JpaRepository<VersionedComputed, Long> {

		}

	}

	@Entity(name = "GeneratedTimestamped")
	public static class Timestamped extends Named {

		@CreationTimestamp
		public Instant createdAt;

		@UpdateTimestamp
		public LocalDateTime changedAt;

		public interface Repository extends JpaRepository<Timestamped, Long> {

		}

	}

	@Entity(name = "GeneratedDatabaseTimestamped")
	public static class DatabaseTimestamped extends Named {

		@CreationTimestamp(source = SourceType.DB)
		public Instant createdAt;

		@CurrentTimestamp
		public Instant changedAt;

		public interface Repository extends JpaRepository<DatabaseTimestamped, Long> {

		}

	}

	@Entity(name = "GeneratedDefaulted")
	@DynamicInsert
	public static class Defaulted extends Named {

		@ColumnDefault("'default'")
		@org.hibernate.annotations.Generated(event = EventType.INSERT)
		public String state;

		public interface Repository extends JpaRepository<Defaulted, Long> {

		}

	}

	@Entity(name = "GeneratedCalling")
	public static class Calling extends Named {

		public int inserts;

		public int updates;

		@PrePersist
		void prePersist() {
			this.inserts++;
		}

		@PreUpdate
		void preUpdate() {
			this.updates++;
		}

		public interface Repository extends JpaRepository<Calling, Long> {

		}

	}

	public static class Listener {

		@PrePersist
		@PreUpdate
		public void before(Listened entity) {
			entity.log += "before ";
		}

		@PostPersist
		public void after(Listened entity) {
			entity.state = "stored";
		}

	}

	@Entity(name = "GeneratedListened")
	@EntityListeners(Listener.class)
	public static class Listened extends Named {

		@Version
		public Integer version;

		public String log = "";

		@jakarta.persistence.Transient
		public String state;

		public interface Repository extends JpaRepository<Listened, Long> {

		}

	}

	@Entity(name = "GeneratedInsertedOnce")
	public static class InsertedOnce extends Named {

		@Column(updatable = false)
		public String origin = "origin";

		@Column(insertable = false)
		public String later;

		public interface Repository extends JpaRepository<InsertedOnce, Long> {

		}

	}

	@Entity(name = "GeneratedDynamic")
	@DynamicUpdate
	public static class Dynamic extends Named {

		@Version
		public Integer version;

		public String note = "note";

		public interface Repository extends JpaRepository<Dynamic, Long> {

		}

	}

}
