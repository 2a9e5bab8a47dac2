package io.cachepolicy.mappings.zoo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorType;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;
import org.hibernate.Hibernate;
import org.hibernate.annotations.Any;
import org.hibernate.annotations.AnyDiscriminator;
import org.hibernate.annotations.AnyDiscriminatorValue;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.annotations.ManyToAny;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * Entities with references to others.
 */
public final class Associations {

	private Associations() {
	}

	public static List<Specimen<?>> specimens() {
		return List.of(Specimen.of(ToOne.class, Associations::newToOne, (entity) -> {
			entity.eager = null;
			entity.name = "changed";
		}), Specimen.cascading(Cascading.class, (store) -> new Cascading(), (entity) -> {
			((Target) Hibernate.unproxy(entity.target)).name = "changed";
			entity.place.target = new Target();
		}), Specimen.cascading(OneToOneOwner.class, (store) -> new OneToOneOwner(), (entity) -> {
			entity.detail.name = "changed";
			entity.name = "changed";
		}), Specimen.cascading(Parent.class, (store) -> new Parent(), (entity) -> {
			entity.bag.remove(0);
			entity.bag.get(0).name = "changed";
			entity.set.add(new Child(entity));
			entity.ordered.add(0, new OrderedChild());
			entity.map.remove("b");
		}), Specimen.cascading(VersionedParent.class, (store) -> new VersionedParent(), (entity) -> {
			entity.children.remove(0);
			entity.children.add(new VersionedChild(entity));
			entity.children.get(0).name = "changed";
		}), Specimen.of(ManyToManyOwner.class, Associations::newManyToMany, (entity) -> entity.set.clear()),
				Specimen.cascading(CascadingManyToMany.class, (store) -> new CascadingManyToMany(),
						(entity) -> entity.targets.add(new Target())),
				Specimen.of(AnyOwner.class, Associations::newAny, (entity) -> {
					entity.any = null;
					entity.name = "changed";
				}), Specimen.of(Unmanaging.class, Associations::newUnmanaging, (entity) -> entity.name = "changed"),
				Specimen.of(Node.class, Associations::newNode, (entity) -> entity.name = "changed"));
	}

	private static Target target(Consumer<Object> store) {
		Target target = new Target();
		store.accept(target);
		return target;
	}

	private static ToOne newToOne(Consumer<Object> store) {
		ToOne entity = new ToOne();
		entity.lazy = target(store);
		entity.eager = target(store);
		entity.place.target = target(store);
		return entity;
	}

	private static ManyToManyOwner newManyToMany(Consumer<Object> store) {
		ManyToManyOwner entity = new ManyToManyOwner();
		entity.set.add(target(store));
		entity.set.add(target(store));
		entity.list.add(target(store));
		entity.map.put("a", target(store));
		return entity;
	}

	private static AnyOwner newAny(Consumer<Object> store) {
		AnyOwner entity = new AnyOwner();
		entity.any = target(store);
		entity.many.add(target(store));
		OtherTarget other = new OtherTarget();
		store.accept(other);
		entity.many.add(other);
		return entity;
	}

	private static Unmanaging newUnmanaging(Consumer<Object> store) {
		return new Unmanaging();
	}

	private static Node newNode(Consumer<Object> store) {
		Node parent = new Node();
		store.accept(parent);
		Node node = new Node();
		node.parent = parent;
		parent.children.add(node);
		return node;
	}

	@Entity(name = "AssociationTarget")
	public static class Target extends Named {

		public interface Repository extends JpaRepository<Target, Long> {

		}

	}

	@Entity(name = "AssociationOtherTarget")
	public static class OtherTarget extends Named {

	}

	@Embeddable
	public static class Place {

		@ManyToOne(fetch = FetchType.LAZY)
		@JoinColumn(name = "place_target")
		public Target target;

	}

	@Embeddable
	public static class CascadingPlace {

		@ManyToOne(fetch = FetchType.LAZY, cascade = CascadeType.ALL)
		@JoinColumn(name = "place_target")
		public Target target = new Target();

	}

	@Entity(name = "AssociationToOne")
	public static class ToOne extends Named {

		@ManyToOne(fetch = FetchType.LAZY)
		public Target lazy;

		@ManyToOne
		public Target eager;

		public Place place = new Place();

		public interface Repository extends JpaRepository<ToOne, Long> {

		}

	}

	@Entity(name = "AssociationCascading")
	public static class Cascading extends Named {

		@ManyToOne(fetch = FetchType.LAZY, cascade = CascadeType.ALL)
		public Target target = new Target();

		public CascadingPlace place = new CascadingPlace();

		public interface Repository extends JpaRepository<Cascading, Long> {

		}

	}

	@Entity(name = "AssociationOneToOneOwner")
	public static class OneToOneOwner extends Named {

		@OneToOne(mappedBy = "owner", cascade = CascadeType.ALL, orphanRemoval = true, fetch = FetchType.LAZY)
		public Detail detail = new Detail(this);

		@OneToOne(cascade = CascadeType.ALL, orphanRemoval = true, fetch = FetchType.LAZY)
		public Target target = new Target();

		public interface Repository extends JpaRepository<OneToOneOwner, Long> {

		}

	}

	@Entity(name = "AssociationDetail")
	public static class Detail extends Named {

		@OneToOne(fetch = FetchType.LAZY)
		public OneToOneOwner owner;

		protected Detail() {
		}

		Detail(OneToOneOwner owner) {
			this.owner = owner;
		}

	}

	@Entity(name = "AssociationParent")
	public static class Parent extends Named {

		@OneToMany(mappedBy = "parent", cascade = CascadeType.ALL, orphanRemoval = true)
		public List<BagChild> bag = new ArrayList<>(List.of(new BagChild(this), new BagChild(this)));

		@OneToMany(mappedBy = "parent", cascade = CascadeType.ALL)
		public Set<Child> set = new HashSet<>(Set.of(new Child(this)));

		@OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
		@JoinColumn
		@OrderColumn(name = "position")
		public List<OrderedChild> ordered = new ArrayList<>(List.of(new OrderedChild(), new OrderedChild()));

		@OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
		@MapKey(name = "code")
		public Map<String, MappedChild> map = new HashMap<>(
				Map.of("a", new MappedChild("a"), "b", new MappedChild("b")));

		public interface Repository extends JpaRepository<Parent, Long> {

		}

	}

	@Entity(name = "AssociationBagChild")
	public static class BagChild extends Named {

		@ManyToOne(fetch = FetchType.LAZY)
		public Parent parent;

		protected BagChild() {
		}

		BagChild(Parent parent) {
			this.parent = parent;
		}

	}

	@Entity(name = "AssociationChild")
	public static class Child extends Named {

		@ManyToOne(fetch = FetchType.LAZY)
		public Parent parent;

		protected Child() {
		}

		Child(Parent parent) {
			this.parent = parent;
		}

	}

	@Entity(name = "AssociationOrderedChild")
	public static class OrderedChild extends Named {

	}

	@Entity(name = "AssociationMappedChild")
	public static class MappedChild extends Named {

		public String code;

		protected MappedChild() {
		}

		MappedChild(String code) {
			this.code = code;
		}

	}

	@Entity(name = "AssociationVersionedParent")
	public static class VersionedParent {

		@jakarta.persistence.Id
		@jakarta.persistence.GeneratedValue
		public Long id;

		public String name = "new";

		@Version
		public Integer version;

		@OneToMany(mappedBy = "parent", cascade = CascadeType.ALL, orphanRemoval = true)
		public List<VersionedChild> children = new ArrayList<>(
				List.of(new VersionedChild(this), new VersionedChild(this)));

		public interface Repository extends JpaRepository<VersionedParent, Long> {

		}

	}

	@Entity(name = "AssociationVersionedChild")
	public static class VersionedChild {

		@jakarta.persistence.Id
		@jakarta.persistence.GeneratedValue
		public Long id;

		public String name = "new";

		@Version
		public int version;

		@ManyToOne(fetch = FetchType.LAZY)
		public VersionedParent parent;

		protected VersionedChild() {
		}

		VersionedChild(VersionedParent parent) {
			this.parent = parent;
		}

	}

	@Entity(name = "AssociationManyToMany")
	public static class ManyToManyOwner extends Named {

		@ManyToMany
		@JoinTable(name = "association_set")
		public Set<Target> set = new HashSet<>();

		@ManyToMany
		@JoinTable(name = "association_list")
		@OrderColumn(name = "position")
		public List<Target> list = new ArrayList<>();

		@ManyToMany
		@JoinTable(name = "association_map")
		public Map<String, Target> map = new HashMap<>();

		public interface Repository extends JpaRepository<ManyToManyOwner, Long> {

		}

	}

	@Entity(name = "AssociationCascadingMany")
	public static class CascadingManyToMany extends Named {

		@ManyToMany(cascade = { CascadeType.PERSIST, CascadeType.MERGE })
		@JoinTable(name = "association_cascading_targets")
		public Set<Target> targets = new HashSet<>(Set.of(new Target()));

		public interface Repository extends JpaRepository<CascadingManyToMany, Long> {

		}

	}

	@Entity(name = "AssociationAny")
	public static class AnyOwner extends Named {

		@Any(fetch = FetchType.LAZY)
		@AnyDiscriminator(DiscriminatorType.STRING)
		@AnyDiscriminatorValue(discriminator = "T", entity = Target.class)
		@AnyDiscriminatorValue(discriminator = "O", entity = OtherTarget.class)
		@AnyKeyJavaClass(Long.class)
		@Column(name = "any_type")
		@JoinColumn(name = "any_id")
		public Named any;

		@ManyToAny
		@AnyDiscriminator(DiscriminatorType.STRING)
		@AnyDiscriminatorValue(discriminator = "T", entity = Target.class)
		@AnyDiscriminatorValue(discriminator = "O", entity = OtherTarget.class)
		@AnyKeyJavaClass(Long.class)
		@Column(name = "any_type")
		@JoinTable(name = "association_many_any", joinColumns = @JoinColumn(name = "owner_id"),
				inverseJoinColumns = @JoinColumn(name = "any_id"))
		public Set<Named> many = new HashSet<>();

		public interface Repository extends JpaRepository<AnyOwner, Long> {

		}

	}

	@Entity(name = "AssociationUnmanaging")
	public static class Unmanaging extends Named {

		@OneToMany(mappedBy = "owner")
		public List<Managing> others = new ArrayList<>();

		public interface Repository extends JpaRepository<Unmanaging, Long> {

		}

	}

	@Entity(name = "AssociationManaging")
	public static class Managing extends Named {

		@ManyToOne(fetch = FetchType.LAZY)
		public Unmanaging owner;

	}

	@Entity(name = "AssociationNode")
	public static class Node extends Named {

		@ManyToOne(fetch = FetchType.LAZY)
		public Node parent;

		@OneToMany(mappedBy = "parent")
		public Set<Node> children = new HashSet<>();

		public interface Repository extends JpaRepository<Node, Long> {

		}

	}

}
