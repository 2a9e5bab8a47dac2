package io.cachepolicy.sample.petclinic;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "owners")
public class Owner extends BaseEntity {

	@NotBlank
	private @Nullable String firstName;

	@NotBlank
	private @Nullable String lastName;

	@Pattern(regexp = "\\d{10}")
	private @Nullable String telephone;

	@OneToMany(cascade = CascadeType.ALL, fetch = FetchType.EAGER)
	@JoinColumn(name = "owner_id")
	@OrderBy("name")
	private List<Pet> pets = new ArrayList<>();

	public @Nullable String getFirstName() {
		return this.firstName;
	}

	public void setFirstName(String firstName) {
		this.firstName = firstName;
	}

	public @Nullable String getLastName() {
		return this.lastName;
	}

	public void setLastName(String lastName) {
		this.lastName = lastName;
	}

	public @Nullable String getTelephone() {
		return this.telephone;
	}

	public void setTelephone(String telephone) {
		this.telephone = telephone;
	}

	public List<Pet> getPets() {
		return this.pets;
	}

	/**
	 * Return a pet of this owner.
	 * @param id its id
	 * @return the pet
	 * @throws NotFoundException if there is none
	 */
	Pet pet(int id) {
		return this.pets.stream()
			.filter((pet) -> Integer.valueOf(id).equals(pet.getId()))
			.findFirst()
			.orElseThrow(NotFoundException::new);
	}

}
