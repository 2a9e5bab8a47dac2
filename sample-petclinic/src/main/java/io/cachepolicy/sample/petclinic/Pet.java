package io.cachepolicy.sample.petclinic;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "pets")
public class Pet extends BaseEntity {

	@NotBlank
	private @Nullable String name;

	@NotNull
	@ManyToOne
	private @Nullable PetType type;

	// Loaded when the page of its owner is rendered
	@OneToMany(cascade = CascadeType.ALL, fetch = FetchType.LAZY)
	@JoinColumn(name = "pet_id")
	@OrderBy("id")
	private List<Visit> visits = new ArrayList<>();

	public @Nullable String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

	public @Nullable PetType getType() {
		return this.type;
	}

	public void setType(PetType type) {
		this.type = type;
	}

	public List<Visit> getVisits() {
		return this.visits;
	}

}
