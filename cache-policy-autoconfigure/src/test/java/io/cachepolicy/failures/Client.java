package io.cachepolicy.failures;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;

/**
 * An entity that is removed with those that refer to it.
 */
@Entity
class Client {

	@Id
	private Long id = 0L;

	private String name = "";

	@OneToMany(mappedBy = "client", cascade = CascadeType.ALL)
	private List<Purchase> purchases = new ArrayList<>();

	protected Client() {
	}

	Client(long id, String name) {
		this.id = id;
		this.name = name;
	}

	Long getId() {
		return this.id;
	}

	String getName() {
		return this.name;
	}

	List<Purchase> getPurchases() {
		return this.purchases;
	}

}
