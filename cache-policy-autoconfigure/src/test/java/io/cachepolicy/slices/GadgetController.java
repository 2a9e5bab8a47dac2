package io.cachepolicy.slices;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class GadgetController {

	private final GadgetService service;

	GadgetController(GadgetService service) {
		this.service = service;
	}

	@GetMapping("/gadgets/{id}")
	String name(@PathVariable long id) {
		return this.service.find(id).map(Gadget::getName).orElse("none");
	}

}
