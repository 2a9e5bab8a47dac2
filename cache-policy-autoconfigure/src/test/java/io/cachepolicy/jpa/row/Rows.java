package io.cachepolicy.jpa.row;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Converter;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PostUpdate;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreRemove;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.OptimisticLock;
import org.hibernate.annotations.SQLInsert;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.SoftDelete;
import org.hibernate.annotations.UpdateTimestamp;
import org.hibernate.type.SqlTypes;

import org.springframework.data.annotation.CreatedBy;
import org.springframework.data.annotation.CreatedDate;
import org.springframework.data.annotation.LastModifiedBy;
import org.springframework.data.annotation.LastModifiedDate;
import org.springframework.data.domain.AbstractAggregateRoot;
import org.springframework.data.jpa.domain.support.AuditingEntityListener;
import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The entities, with a repository each.
 */
public final class Rows {

	private Rows() {
	}

	@MappedSuperclass
	@Access(AccessType.FIELD)
	public abstract static class Row {

		@Id
		public Long id;

		public String name;

	}

	public enum Color {

		RED, GREEN

	}

	@Embeddable
	public static class Size {

		public Integer width;

		public Integer height;

	}

	@Converter
	public static class UpperCase implements AttributeConverter<String, String> {

		@Override
		public String convertToDatabaseColumn(String value) {
			return (value != null) ? value.toUpperCase(Locale.ROOT) : null;
		}

		@Override
		public String convertToEntityAttribute(String value) {
			return (value != null) ? value.toLowerCase(Locale.ROOT) : null;
		}

	}

	@Entity(name = "PlainRow")
	public static class Plain extends Row {

		@Enumerated(EnumType.STRING)
		public Color color;

		@Enumerated
		public Color ordinal;

		@Convert(converter = UpperCase.class)
		public String converted;

		public Size size;

		public String[] words;

		public int[] numbers;

		@JdbcTypeCode(SqlTypes.JSON)
		public Map<String, String> json;

		public BigDecimal amount;

		public byte[] bytes;

		public UUID uuid;

		public Instant instant;

		public LocalDate born;

		public boolean flag;

	}

	@Entity(name = "IntVersion")
	public static class IntVersion extends Row {

		@Version
		public int version;

	}

	@Entity(name = "IntegerVersion")
	public static class IntegerVersion extends Row {

		@Version
		public Integer version;

	}

	@Entity(name = "LongVersion")
	public static class LongVersion extends Row {

		@Version
		public Long version;

	}

	@Entity(name = "InstantVersion")
	public static class InstantVersion extends Row {

		@Version
		public Instant version;

	}

	@Entity(name = "GeneratedId")
	public static class GeneratedId {

		@Id
		@GeneratedValue
		public UUID id;

		public String name;

	}

	@MappedSuperclass
	public abstract static class Observed extends Row {

		public static final List<String> calls = new ArrayList<>();

		public int inserts;

		public int updates;

		@Transient
		public String state;

		@PrePersist
		void prePersist() {
			this.inserts++;
			calls.add("pre persist " + this.name);
		}

		@PostPersist
		void postPersist() {
			this.state = "inserted";
			calls.add("post persist " + this.name);
		}

		@PreUpdate
		void preUpdate() {
			this.updates++;
			calls.add("pre update " + this.name);
		}

		@PostUpdate
		void postUpdate() {
			this.state = "updated";
			calls.add("post update " + this.name);
		}

	}

	@Entity(name = "CallbackRow")
	public static class Callbacks extends Observed {

	}

	@Entity(name = "VersionedCallbackRow")
	public static class VersionedCallbacks extends Observed {

		@Version
		public Integer version;

	}

	@Entity(name = "AuditedRow")
	@EntityListeners(AuditingEntityListener.class)
	public static class Audited extends Row {

		@Version
		public Integer version;

		@CreatedDate
		@Column(updatable = false)
		public Instant createdAt;

		@CreatedBy
		@Column(updatable = false)
		public String createdBy;

		@LastModifiedDate
		public Instant changedAt;

		@LastModifiedBy
		public String changedBy;

	}

	@Entity(name = "TimestampedRow")
	public static class Timestamped extends Row {

		@CreationTimestamp
		public Instant createdAt;

		@UpdateTimestamp
		public Instant changedAt;

	}

	@Entity(name = "PartOfRow")
	public static class Part extends Row {

		@Version
		public Integer version;

		@ManyToOne(fetch = FetchType.LAZY)
		public IntegerVersion owner;

		@ManyToOne(fetch = FetchType.LAZY)
		public Plain plain;

	}

	@Entity(name = "InsertedOnce")
	public static class InsertedOnce extends Row {

		@Column(updatable = false)
		public String origin;

	}

	@Entity(name = "WithCollection")
	public static class WithCollection extends Row {

		@ElementCollection
		public Set<String> tags = new HashSet<>();

	}

	@Entity(name = "Linking")
	public static class Linking extends Row {

		@ManyToOne
		public IntegerVersion one;

		@ManyToMany
		public Set<IntegerVersion> many = new HashSet<>();

		@Embedded
		public Link embedded;

		@ElementCollection
		public List<Link> elements = new ArrayList<>();

		@ElementCollection
		@MapKeyJoinColumn
		@Column(name = "key_text")
		public Map<IntegerVersion, String> keys = new HashMap<>();

		@OneToMany(cascade = CascadeType.ALL)
		@JoinColumn
		public List<Linking> parts = new ArrayList<>();

		@ManyToMany(cascade = CascadeType.ALL)
		@JoinTable(name = "linking_cascaded")
		public List<IntegerVersion> cascaded = new ArrayList<>();

		@OneToMany(mappedBy = "linking")
		public List<LinkedBack> back = new ArrayList<>();

	}

	@Entity(name = "LinkedBack")
	public static class LinkedBack extends Row {

		@Version
		public Integer version;

		@ManyToOne
		public Linking linking;

	}

	@Embeddable
	public static class Link {

		@ManyToOne
		public IntegerVersion target;

		public Link() {
		}

		public Link(IntegerVersion target) {
			this.target = target;
		}

	}

	@Entity(name = "WithCascade")
	public static class WithCascade extends Row {

		@OneToMany(mappedBy = "owner", cascade = CascadeType.ALL)
		public List<Child> children = new ArrayList<>();

	}

	@Entity(name = "ChildRow")
	public static class Child extends Row {

		@ManyToOne(fetch = FetchType.LAZY)
		public WithCascade owner;

	}

	@Entity(name = "BaseRow")
	@Inheritance
	public static class Base extends Row {

	}

	@Entity(name = "DerivedRow")
	public static class Derived extends Base {

	}

	@Entity(name = "TwoTables")
	@SecondaryTable(name = "second_table")
	public static class TwoTables extends Row {

		@Column(table = "second_table")
		public String detail;

	}

	@Entity(name = "DynamicRow")
	@DynamicUpdate
	public static class Dynamic extends Row {

	}

	@Entity(name = "DatabaseGenerated")
	public static class DatabaseGenerated extends Row {

		@Generated
		@Column(columnDefinition = "integer default 7", insertable = false, updatable = false)
		public Integer answer;

	}

	@Entity(name = "ImmutableRow")
	@Immutable
	public static class Unchangeable extends Row {

	}

	@Entity(name = "NaturalRow")
	public static class Natural extends Row {

		@NaturalId
		public String code;

	}

	@Entity(name = "UnlockedRow")
	public static class Unlocked extends Row {

		@Version
		public Integer version;

		@OptimisticLock(excluded = true)
		public String note;

	}

	@Entity(name = "RestrictedRow")
	@SQLRestriction("name <> 'hidden'")
	public static class Restricted extends Row {

	}

	@Entity(name = "SoftDeletedRow")
	@SoftDelete
	public static class SoftDeleted extends Row {

	}

	@Entity(name = "CustomSqlRow")
	@SQLInsert(sql = "insert into custom_sql_row(name, id) values (upper(?), ?)")
	public static class CustomSql extends Row {

	}

	@Entity(name = "LoadedRow")
	public static class Loaded extends Row {

		@PostLoad
		void postLoad() {
			Observed.calls.add("post load");
		}

	}

	@Entity(name = "RemovedRow")
	public static class Removed extends Row {

		@PreRemove
		void preRemove() {
			Observed.calls.add("pre remove " + this.name);
		}

	}

	@Entity(name = "AggregateRow")
	public static class Aggregate extends AbstractAggregateRoot<Aggregate> {

		@Id
		public Long id;

	}

	@Entity(name = "CustomSaveRow")
	public static class CustomSave extends Row {

	}

	public interface Plains extends JpaRepository<Plain, Long> {

	}

	public interface IntVersions extends JpaRepository<IntVersion, Long> {

	}

	public interface IntegerVersions extends JpaRepository<IntegerVersion, Long> {

	}

	public interface LongVersions extends JpaRepository<LongVersion, Long> {

	}

	public interface InstantVersions extends JpaRepository<InstantVersion, Long> {

	}

	public interface GeneratedIds extends JpaRepository<GeneratedId, UUID> {

	}

	public interface CallbackRows extends JpaRepository<Callbacks, Long> {

	}

	public interface VersionedCallbackRows extends JpaRepository<VersionedCallbacks, Long> {

	}

	public interface AuditedRows extends JpaRepository<Audited, Long> {

	}

	public interface TimestampedRows extends JpaRepository<Timestamped, Long> {

	}

	public interface Parts extends JpaRepository<Part, Long> {

	}

	public interface InsertedOnces extends JpaRepository<InsertedOnce, Long> {

	}

	public interface WithCollections extends JpaRepository<WithCollection, Long> {

	}

	public interface LinkedBacks extends JpaRepository<LinkedBack, Long> {

	}

	public interface Linkings extends JpaRepository<Linking, Long> {

	}

	public interface WithCascades extends JpaRepository<WithCascade, Long> {

	}

	public interface Children extends JpaRepository<Child, Long> {

	}

	public interface Bases extends JpaRepository<Base, Long> {

	}

	public interface TwoTablesRows extends JpaRepository<TwoTables, Long> {

	}

	public interface Dynamics extends JpaRepository<Dynamic, Long> {

	}

	public interface DatabaseGenerateds extends JpaRepository<DatabaseGenerated, Long> {

	}

	public interface Unchangeables extends JpaRepository<Unchangeable, Long> {

	}

	public interface Naturals extends JpaRepository<Natural, Long> {

	}

	public interface Unlockeds extends JpaRepository<Unlocked, Long> {

	}

	public interface Restricteds extends JpaRepository<Restricted, Long> {

	}

	public interface SoftDeleteds extends JpaRepository<SoftDeleted, Long> {

	}

	public interface CustomSqls extends JpaRepository<CustomSql, Long> {

	}

	public interface Loadeds extends JpaRepository<Loaded, Long> {

	}

	public interface Removeds extends JpaRepository<Removed, Long> {

	}

	public interface Aggregates extends JpaRepository<Aggregate, Long> {

	}

	/**
	 * A {@code save} of the application's own.
	 */
	public interface Saving<T> {

		<S extends T> S save(S value);

	}

	public static class SavingImpl<T> implements Saving<T> {

		@Override
		public <S extends T> S save(S value) {
			throw new UnsupportedOperationException();
		}

	}

	public interface CustomSaves extends JpaRepository<CustomSave, Long>, Saving<CustomSave> {

	}

}
