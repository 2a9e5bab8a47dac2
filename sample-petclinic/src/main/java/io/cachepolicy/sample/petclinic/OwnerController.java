package io.cachepolicy.sample.petclinic;

import java.net.URI;
import java.util.List;

import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Owners, their pets and visits, by forms: what a form changes is what the session of the
 * request has loaded.
 */
@RestController
class OwnerController {

	private final OwnerRepository owners;

	private final PetTypeRepository types;

	OwnerController(OwnerRepository owners, PetTypeRepository types) {
		this.owners = owners;
		this.types = types;
	}

	@InitBinder
	void allow(WebDataBinder binder) {
		binder.setAllowedFields("firstName", "lastName", "telephone", "description", "name");
	}

	@ModelAttribute("owner")
	Owner findOwner(@PathVariable(required = false) @Nullable Integer ownerId) {
		return (ownerId != null) ? this.owners.findById(ownerId).orElseThrow(NotFoundException::new) : new Owner();
	}

	@GetMapping("/owners/{ownerId}")
	Owner show(@ModelAttribute(name = "owner", binding = false) Owner owner) {
		return owner;
	}

	@GetMapping("/owners")
	List<Owner> find(@RequestParam String lastName) {
		return this.owners.findByLastNameStartingWithOrderById(lastName);
	}

	@PostMapping({ "/owners/new", "/owners/{ownerId}/edit" })
	ResponseEntity<List<String>> save(@Valid @ModelAttribute("owner") Owner owner, BindingResult result) {
		return (result.hasErrors()) ? refused(result) : redirect(this.owners.save(owner));
	}

	@PostMapping("/owners/{ownerId}/pets/new")
	ResponseEntity<List<String>> addPet(@ModelAttribute(name = "owner", binding = false) Owner owner,
			@RequestParam int typeId, @RequestParam String petName) {
		Pet pet = new Pet();
		pet.setName(petName);
		pet.setType(this.types.findById(typeId).orElseThrow(NotFoundException::new));
		owner.getPets().add(pet);
		return redirect(this.owners.save(owner));
	}

	@PostMapping("/owners/{ownerId}/pets/{petId}/visits/new")
	ResponseEntity<List<String>> addVisit(@ModelAttribute(name = "owner", binding = false) Owner owner,
			@PathVariable int petId, @Valid @ModelAttribute("visit") Visit visit, BindingResult result) {
		if (result.hasErrors()) {
			return refused(result);
		}
		owner.pet(petId).getVisits().add(visit);
		return redirect(this.owners.save(owner));
	}

	@PostMapping("/owners/{ownerId}/delete")
	ResponseEntity<List<String>> delete(@PathVariable int ownerId) {
		this.owners.deleteById(ownerId);
		return ResponseEntity.noContent().build();
	}

	private static ResponseEntity<List<String>> redirect(Owner owner) {
		return ResponseEntity.status(HttpStatus.SEE_OTHER).location(URI.create("/owners/" + owner.getId())).build();
	}

	private static ResponseEntity<List<String>> refused(BindingResult result) {
		return ResponseEntity.badRequest().body(result.getFieldErrors().stream().map(FieldError::getField).toList());
	}

}
