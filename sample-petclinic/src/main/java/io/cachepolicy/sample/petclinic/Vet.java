package io.cachepolicy.sample.petclinic;

import java.util.LinkedHashSet;
import java.util.Set;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "vets")
public class Vet extends BaseEntity {

	private @Nullable String lastName;

	@ElementCollection(fetch = FetchType.EAGER)
	private Set<String> specialties = new LinkedHashSet<>();

	protected Vet() {
	}

	public Vet(String lastName, String... specialties) {
		this.lastName = lastName;
		this.specialties.addAll(Set.of(specialties));
	}

	public @Nullable String getLastName() {
		return this.lastName;
	}

	public Set<String> getSpecialties() {
		return this.specialties;
	}

}
