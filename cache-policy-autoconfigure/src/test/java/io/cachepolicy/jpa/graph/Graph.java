package io.cachepolicy.jpa.graph;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;

/**
 * The entities.
 */
public final class Graph {

	private Graph() {
	}

	@MappedSuperclass
	public abstract static class Identified {

		@Id
		public Long id;

		protected Identified() {
		}

		protected Identified(Long id) {
			this.id = id;
		}

	}

	@Entity(name = "Region")
	public static class Region extends Identified {

		public Region() {
		}

		public Region(long id) {
			super(id);
		}

	}

	@Embeddable
	public static class Address {

		@ManyToOne(fetch = FetchType.LAZY)
		public Region region;

		public String street;

		public Address() {
		}

		public Address(Region region) {
			this.region = region;
		}

	}

	@Entity(name = "Customer")
	public static class Customer extends Identified {

		@Embedded
		public Address address;

		@OneToOne(mappedBy = "customer", fetch = FetchType.LAZY)
		public Passport passport;

		@OneToMany(mappedBy = "customer")
		public List<Purchase> purchases = new ArrayList<>();

		public Customer() {
		}

		public Customer(long id) {
			super(id);
		}

	}

	@Entity(name = "Passport")
	public static class Passport extends Identified {

		@OneToOne
		@MapsId
		public Customer customer;

		public Passport() {
		}

		public Passport(Customer customer) {
			super(customer.id);
			this.customer = customer;
		}

	}

	@Entity(name = "Tag")
	public static class Tag extends Identified {

		public Tag() {
		}

		public Tag(long id) {
			super(id);
		}

	}

	@Entity(name = "Item")
	public static class Item extends Identified {

		public Item() {
		}

		public Item(long id) {
			super(id);
		}

	}

	@Entity(name = "Purchase")
	public static class Purchase extends Identified {

		@ManyToOne(fetch = FetchType.LAZY)
		public Customer customer;

		@OneToMany(mappedBy = "purchase", cascade = CascadeType.ALL)
		public List<Line> lines = new ArrayList<>();

		@ManyToMany
		public Set<Tag> tags = new HashSet<>();

		@ElementCollection
		public List<Address> stops = new ArrayList<>();

		@ElementCollection
		@MapKeyJoinColumn
		public Map<Depot, Integer> stock = new HashMap<>();

		public Purchase() {
		}

		public Purchase(long id) {
			super(id);
		}

	}

	@Entity(name = "Line")
	public static class Line extends Identified {

		@ManyToOne(fetch = FetchType.LAZY)
		public Purchase purchase;

		@ManyToOne(fetch = FetchType.LAZY)
		public Item item;

		public Line() {
		}

		public Line(long id, Purchase purchase, Item item) {
			super(id);
			this.purchase = purchase;
			this.item = item;
		}

	}

	@Entity(name = "Depot")
	public static class Depot extends Identified {

		public Depot() {
		}

		public Depot(long id) {
			super(id);
		}

	}

	@Entity(name = "Node")
	public static class Node extends Identified {

		@ManyToOne(fetch = FetchType.LAZY)
		public Node parent;

		public Node() {
		}

		public Node(long id, Node parent) {
			super(id);
			this.parent = parent;
		}

	}

	@Entity(name = "LeftSide")
	public static class Left extends Identified {

		@ManyToOne(fetch = FetchType.LAZY)
		public Right right;

		@ManyToOne(fetch = FetchType.LAZY)
		public Region region;

	}

	@Entity(name = "RightSide")
	public static class Right extends Identified {

		@ManyToOne(fetch = FetchType.LAZY)
		public Left left;

	}

	@Entity(name = "Vehicle")
	@Inheritance(strategy = InheritanceType.JOINED)
	public static class Vehicle extends Identified {

	}

	@Entity(name = "Car")
	public static class Car extends Vehicle {

		@ManyToOne(fetch = FetchType.LAZY)
		public Customer owner;

	}

	@Entity(name = "Basket")
	public static class Basket extends Identified {

		@OneToMany
		@JoinColumn
		public List<Fruit> fruits = new ArrayList<>();

	}

	@Entity(name = "Fruit")
	public static class Fruit extends Identified {

	}

	@Entity(name = "Ticket")
	@IdClass(TicketId.class)
	public static class Ticket {

		@Id
		@ManyToOne(fetch = FetchType.LAZY)
		public Customer customer;

		@Id
		@Column(name = "ticket_number")
		public Integer number;

		public Ticket() {
		}

		public Ticket(Customer customer, int number) {
			this.customer = customer;
			this.number = number;
		}

	}

	public static class TicketId implements Serializable {

		private static final long serialVersionUID = 1L;

		public Long customer;

		public Integer number;

		public TicketId() {
		}

		public TicketId(Long customer, Integer number) {
			this.customer = customer;
			this.number = number;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof TicketId id && Objects.equals(this.customer, id.customer)
					&& Objects.equals(this.number, id.number);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.customer, this.number);
		}

	}

	@Entity(name = "Stub")
	public static class Stub extends Identified {

		@ManyToOne(fetch = FetchType.LAZY)
		public Ticket ticket;

	}

}
