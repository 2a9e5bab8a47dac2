package io.cachepolicy.slices;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class WidgetController {

	private final WidgetRepository repository;

	WidgetController(WidgetRepository repository) {
		this.repository = repository;
	}

	@GetMapping("/widgets/{id}")
	String name(@PathVariable long id) {
		return this.repository.findById(id).map(Widget::getName).orElse("none");
	}

	@PutMapping("/widgets/{id}/{name}")
	void rename(@PathVariable long id, @PathVariable String name) {
		this.repository.save(new Widget(id, name));
	}

}
