package io.cachepolicy.mappings.zoo;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToOne;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.TableGenerator;
import jakarta.persistence.Version;
import org.hibernate.annotations.UuidGenerator;

import org.springframework.data.domain.Persistable;
import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities with ids of all kinds.
 */
public final class Ids {

	private Ids() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(ByIdentity.class, (store) -> new ByIdentity(), (entity) -> entity.name = "changed"),
				Specimen.of(PrimitiveIdentity.class, (store) -> new PrimitiveIdentity(),
						(entity) -> entity.name = "changed"),
				Specimen.of(BySequence.class, (store) -> new BySequence(), (entity) -> entity.name = "changed"),
				Specimen.of(ByTable.class, (store) -> new ByTable(), (entity) -> entity.name = "changed"),
				Specimen.of(ByUuid.class, (store) -> new ByUuid(), (entity) -> entity.name = "changed"),
				Specimen.of(ByTimeUuid.class, (store) -> new ByTimeUuid(), (entity) -> entity.name = "changed"),
				Specimen.of(VersionedIdentity.class, (store) -> new VersionedIdentity(),
						(entity) -> entity.name = "changed"),
				Specimen.of(VersionedSequence.class, (store) -> new VersionedSequence(),
						(entity) -> entity.name = "changed"),
				Specimen.of(AssignedText.class, (store) -> new AssignedText(), (entity) -> entity.name = "changed"),
				Specimen.of(AssignedUuid.class, (store) -> new AssignedUuid(), (entity) -> entity.name = "changed"),
				Specimen.of(EmbeddedRecord.class, (store) -> new EmbeddedRecord(), (entity) -> entity.name = "changed"),
				Specimen.of(EmbeddedBean.class, (store) -> new EmbeddedBean(), (entity) -> entity.name = "changed"),
				Specimen.of(ClassRecord.class, (store) -> new ClassRecord(), (entity) -> entity.name = "changed"),
				Specimen.of(Shared.class, (store) -> new Shared(stored(store)), (entity) -> entity.name = "changed"),
				Specimen.of(Derived.class, (store) -> new Derived(stored(store)), (entity) -> entity.name = "changed"),
				Specimen.of(SelfKnown.class, (store) -> new SelfKnown(), (entity) -> entity.name = "changed"));
	}

	private static Owner stored(java.util.function.Consumer<Object> store) {
		Owner owner = new Owner();
		store.accept(owner);
		return owner;
	}

	@Entity(name = "IdOwner")
	public static class Owner extends Named {

	}

	@Entity(name = "IdByIdentity")
	public static class ByIdentity {

		@Id
		@GeneratedValue(strategy = GenerationType.IDENTITY)
		public Long id;

		public String name = "new";

		public interface Repository extends JpaRepository<ByIdentity, Long> {

		}

	}

	@Entity(name = "IdPrimitiveIdentity")
	public static class PrimitiveIdentity {

		@Id
		@GeneratedValue(strategy = GenerationType.IDENTITY)
		public long id;

		public String name = "new";

		public interface Repository extends JpaRepository<PrimitiveIdentity, Long> {

		}

	}

	@Entity(name = "IdBySequence")
	public static class BySequence {

		@Id
		@GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "id_sequence")
		@SequenceGenerator(name = "id_sequence", allocationSize = 5)
		public Long id;

		public String name = "new";

		public interface Repository extends JpaRepository<BySequence, Long> {

		}

	}

	@Entity(name = "IdByTable")
	public static class ByTable {

		@Id
		@GeneratedValue(strategy = GenerationType.TABLE, generator = "id_table")
		@TableGenerator(name = "id_table", allocationSize = 5)
		public Integer id;

		public String name = "new";

		public interface Repository extends JpaRepository<ByTable, Integer> {

		}

	}

	@Entity(name = "IdByUuid")
	public static class ByUuid {

		@Id
		@GeneratedValue(strategy = GenerationType.UUID)
		public UUID id;

		public String name = "new";

		public interface Repository extends JpaRepository<ByUuid, UUID> {

		}

	}

	@Entity(name = "IdByTimeUuid")
	public static class ByTimeUuid {

		@Id
		@UuidGenerator(style = UuidGenerator.Style.TIME)
		public String id;

		public String name = "new";

		public interface Repository extends JpaRepository<ByTimeUuid, String> {

		}

	}

	@Entity(name = "IdVersionedIdentity")
	public static class VersionedIdentity {

		@Id
		@GeneratedValue(strategy = GenerationType.IDENTITY)
		public Long id;

		@Version
		public Integer version;

		public String name = "new";

		public interface Repository extends JpaRepository<VersionedIdentity, Long> {

		}

	}

	@Entity(name = "IdVersionedSequence")
	public static class VersionedSequence {

		@Id
		@GeneratedValue(strategy = GenerationType.SEQUENCE)
		public Long id;

		@Version
		public int version;

		public String name = "new";

		public interface Repository extends JpaRepository<VersionedSequence, Long> {

		}

	}

	@Entity(name = "IdAssignedText")
	public static class AssignedText {

		@Id
		public String id = "id" + Specimen.nextId();

		public String name = "new";

		public interface Repository extends JpaRepository<AssignedText, String> {

		}

	}

	@Entity(name = "IdAssignedUuid")
	public static class AssignedUuid {

		@Id
		public UUID id = UUID.randomUUID();

		public String name = "new";

		public interface Repository extends JpaRepository<AssignedUuid, UUID> {

		}

	}

	@Embeddable
	public record RecordId(long major, String minor) implements Serializable {

	}

	@Entity(name = "IdEmbeddedRecord")
	public static class EmbeddedRecord {

		@EmbeddedId
		public RecordId id = new RecordId(Specimen.nextId(), "minor");

		public String name = "new";

		public interface Repository extends JpaRepository<EmbeddedRecord, RecordId> {

		}

	}

	@Embeddable
	public static class BeanId implements Serializable {

		private static final long serialVersionUID = 1L;

		public long major = Specimen.nextId();

		public String minor = "minor";

		@Override
		public boolean equals(Object other) {
			return other instanceof BeanId id && this.major == id.major && Objects.equals(this.minor, id.minor);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.major, this.minor);
		}

	}

	@Entity(name = "IdEmbeddedBean")
	public static class EmbeddedBean {

		@EmbeddedId
		public BeanId id = new BeanId();

		public String name = "new";

		public interface Repository extends JpaRepository<EmbeddedBean, BeanId> {

		}

	}

	public record ClassId(Long major, String minor) implements Serializable {

	}

	@Entity(name = "IdClassRecord")
	@IdClass(ClassId.class)
	public static class ClassRecord {

		@Id
		public Long major = Specimen.nextId();

		@Id
		public String minor = "minor";

		public String name = "new";

		public interface Repository extends JpaRepository<ClassRecord, ClassId> {

		}

	}

	@Entity(name = "IdShared")
	public static class Shared {

		@Id
		public Long id;

		@MapsId
		@OneToOne(fetch = FetchType.LAZY)
		public Owner owner;

		public String name = "new";

		protected Shared() {
		}

		Shared(Owner owner) {
			this.id = owner.id;
			this.owner = owner;
		}

		public interface Repository extends JpaRepository<Shared, Long> {

		}

	}

	public record DerivedId(Long owner, Integer number) implements Serializable {

	}

	@Entity(name = "IdDerived")
	@IdClass(DerivedId.class)
	public static class Derived {

		@Id
		@ManyToOne(fetch = FetchType.LAZY)
		public Owner owner;

		@Id
		public Integer number = 1;

		public String name = "new";

		protected Derived() {
		}

		Derived(Owner owner) {
			this.owner = owner;
		}

		public interface Repository extends JpaRepository<Derived, DerivedId> {

		}

	}

	@Entity(name = "IdSelfKnown")
	public static class SelfKnown extends Named implements Persistable<Long> {

		@jakarta.persistence.Transient
		private boolean stored;

		@Override
		public Long getId() {
			return this.id;
		}

		@Override
		public boolean isNew() {
			return !this.stored;
		}

		@jakarta.persistence.PostPersist
		@jakarta.persistence.PostLoad
		void stored() {
			this.stored = true;
		}

		public interface Repository extends JpaRepository<SelfKnown, Long> {

		}

	}

}
