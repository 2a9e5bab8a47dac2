package io.cachepolicy.sample.petclinic;

import java.util.List;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class VetController {

	private final VetRepository vets;

	VetController(VetRepository vets) {
		this.vets = vets;
	}

	@GetMapping("/vets")
	List<Vet> list() {
		return this.vets.findAll();
	}

	@GetMapping("/vets/{id}")
	Vet show(@PathVariable int id) {
		return this.vets.findById(id).orElseThrow(NotFoundException::new);
	}

}
