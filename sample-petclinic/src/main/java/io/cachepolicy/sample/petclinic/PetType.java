package io.cachepolicy.sample.petclinic;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "types")
public class PetType extends BaseEntity {

	private @Nullable String name;

	protected PetType() {
	}

	public PetType(String name) {
		this.name = name;
	}

	public @Nullable String getName() {
		return this.name;
	}

}
